namespace UnsupClipCap.Kernel;

/// <summary>Progress of a study as one line below the cell that writes over itself.</summary>
internal sealed class CellProgress : IProgress<StudyProgress>
{
    private readonly Lock _gate = new();
    private long _next;
    private int _width;
    private string _what = "";

    public void Report(StudyProgress p)
    {
        lock (_gate)
        {
            if (p.What == _what && (p.Share >= 1 ? _width == 0 : _width > 0 && Environment.TickCount64 < _next)) return;
            if (p.What != _what) EndLine();
            (_what, _next) = (p.What, Environment.TickCount64 + 250);
            var line = $"{p.What}{(p.Share > 0 ? $" {p.Share:0%}" : "")}{(p.Detail.Length > 0 ? $": {p.Detail}" : "")}";
            Console.Out.Write("\r" + line.PadRight(_width));
            _width = line.Length;
            if (p.Share >= 1) EndLine();
        }
    }

    /// <summary>Ends the line, so that what follows begins on its own.</summary>
    public void End()
    {
        lock (_gate)
        {
            EndLine();
            _what = "";
        }
    }

    private void EndLine()
    {
        if (_width > 0) Console.Out.Write("\n");
        _width = 0;
    }
}
