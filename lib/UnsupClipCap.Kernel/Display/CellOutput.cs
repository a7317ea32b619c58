using System.Text;
using System.Text.Json.Nodes;

namespace UnsupClipCap.Kernel;

/// <summary>
/// What one cell puts out, in the order in which it did: text as it is written, gathered for a few hundredths of a second at most, and displays.
/// What would swell the notebook beyond use is cut, and said so.
/// </summary>
internal sealed class CellOutput : IDisposable
{
    /// <summary>Characters of text a cell may write, and of one display.</summary>
    public const int Limit = 10_000_000;
    private const int TotalLimit = 5 * Limit, Chunk = 1 << 14;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(30);
    private static readonly AsyncLocal<CellOutput?> Flow = new();
    private static CellOutput? _latest;

    private readonly Action<string, JsonObject> _publish;
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly Timer _timer;
    private string _stream = "stdout";
    private long _written, _displayed;
    private bool _isCut;

    /// <param name="publish">Sends a message type and its content as this cell's.</param>
    public CellOutput(Action<string, JsonObject> publish)
    {
        _publish = publish;
        _timer = new(_ => Flush());
    }

    /// <summary>The output of the cell that this flow of execution belongs to; of the last cell for those that belong to none.</summary>
    public static CellOutput? Current
    {
        get => Flow.Value ?? _latest;
        set => Flow.Value = _latest = value;
    }

    public void Write(string stream, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        lock (_gate)
        {
            if (_isCut) return;
            if (stream != _stream) FlushText();
            _stream = stream;
            var left = (int)Math.Min(text.Length, Limit - _written);
            _text.Append(text[..left]);
            _written += left;
            if (left < text.Length)
            {
                FlushText();
                _isCut = true;
                Send("stream", new() { ["name"] = "stderr", ["text"] = $"\n[The cell wrote more than {Limit / 1_000_000} MB of text; the rest is not shown.]\n" });
            }
            else if (_text.Length >= Chunk) FlushText();
            else if (_text.Length == left) _timer.Change(Delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Sends what is not text: display_data, update_display_data, execute_result, clear_output, error.</summary>
    public void Publish(string type, JsonObject content)
    {
        lock (_gate)
        {
            FlushText();
            if (content["data"] is JsonObject data)
            {
                var size = data.Sum(p => p.Value is JsonValue v && v.TryGetValue<string>(out var s) ? s.Length : p.Value?.ToJsonString().Length ?? 0);
                if (type != "update_display_data") _displayed += size;
                if (size > Limit || _displayed > TotalLimit)
                {
                    var limit = size > Limit ? $"a display of {size / 1e6:0} MB; {Limit / 1_000_000} MB are shown at most" : $"the cell displays more than {TotalLimit / 1_000_000} MB";
                    content["data"] = new JsonObject { ["text/plain"] = $"[Not shown: {limit}.]" };
                }
            }
            Send(type, content);
        }
    }

    public void Flush()
    {
        lock (_gate) FlushText();
    }

    private void FlushText()
    {
        if (_text.Length == 0) return;
        var text = _text.ToString();
        _text.Clear();
        Send("stream", new() { ["name"] = _stream, ["text"] = text });
    }

    private void Send(string type, JsonObject content) => _publish(type, content);

    /// <summary>Sends what is left. A task that outlives its cell may go on to write.</summary>
    public void Dispose() => Flush();
}
