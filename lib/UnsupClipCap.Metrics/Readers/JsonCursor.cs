using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UnsupClipCap.Metrics;

/// <summary>
/// Goes through a JSON file once, from front to back, and knows for every complaint where it is. Nothing but what is asked for
/// becomes an object.
/// </summary>
internal ref struct JsonCursor
{
    private const int MaxDepth = 64;
    private readonly FileContent _file;
    private Utf8JsonReader _reader;
    private ReadOnlySpan<byte> _field = [];
    private string _list = "", _inner = "";
    private int _index = -1, _innerIndex = -1;

    public JsonCursor(FileContent file)
    {
        _file = file;
        _reader = new(file.Text, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>On to the next token, whatever it is.</summary>
    public void Read() => _reader.Read();

    /// <summary>Expects the value at hand to be of a kind.</summary>
    public readonly void Expect(JsonTokenType token, string expected)
    {
        if (_reader.TokenType != token) throw Wrong(expected);
    }

    /// <summary>In an object: on to the next field's name, or to the object's end, which gives false.</summary>
    public bool NextName()
    {
        _reader.Read();
        var isName = _reader.TokenType == JsonTokenType.PropertyName;
        _field = isName ? _reader.ValueSpan : [];
        return isName;
    }

    /// <summary>In a list: on to the next element, or to the list's end, which gives false.</summary>
    public bool NextElement()
    {
        _reader.Read();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Whether the field's name at hand is this.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) => _reader.ValueTextEquals(name);

    /// <summary>From a field's name on to its value; the name may not have come before in this object.</summary>
    public void Enter(bool seen)
    {
        if (seen) throw Fault("stands twice in one object; expected once");
        _reader.Read();
    }

    /// <summary>Takes the id where the field's name at hand is this.</summary>
    public bool Take(ReadOnlySpan<byte> name, ref ImageId? id)
    {
        if (!Is(name)) return false;
        Enter(seen: id is not null);
        id = Id();
        return true;
    }

    /// <summary>Takes the text where the field's name at hand is this.</summary>
    public bool Take(ReadOnlySpan<byte> name, ref string? text, string expected = "a caption (a text; an empty one is allowed)")
    {
        if (!Is(name)) return false;
        Enter(seen: text is not null);
        text = Text(expected);
        return true;
    }

    /// <summary>Over a value, or from a field's name over its value.</summary>
    public void Skip() => _reader.Skip();

    /// <summary>The list that is gone through, and the element: <c>annotations[12]</c>.</summary>
    public void At(string list, int index)
    {
        _field = [];
        (_list, _index, _inner, _innerIndex) = (list, index, "", -1);
    }

    /// <summary>The list inside an element, and its element: <c>images[12].sentences[3]</c>.</summary>
    public void AtInner(string list, int index)
    {
        _field = [];
        (_inner, _innerIndex) = (list, index);
    }

    /// <summary>A caption or another text.</summary>
    public readonly string Text(string expected)
    {
        Expect(JsonTokenType.String, expected);
        return String();
    }

    /// <summary>The field's name at hand.</summary>
    public readonly string Name() => String();

    /// <summary>An id: a text or a whole number of any size.</summary>
    public readonly ImageId Id()
    {
        if (_reader.TokenType == JsonTokenType.String) return new(String());
        if (_reader.TokenType != JsonTokenType.Number || _reader.ValueSpan.ContainsAny(".eE"u8)) throw Wrong("a whole number or a text");
        return ImageId.OfNumber(_reader.ValueSpan);
    }

    /// <summary>The value at hand is not what it should be.</summary>
    public readonly MetricInputException Wrong(string expected) => Fault($"is {Found()}; expected {expected}");

    /// <summary>A complaint about the place at hand.</summary>
    public readonly MetricInputException Fault(string what) => Fault(what, _reader.TokenStartIndex);

    /// <summary>A field that an object lacks; said at the object's end.</summary>
    public MetricInputException Missing(string field, string expected)
    {
        _field = [];
        return Fault($"has no '{field}'; expected {expected}");
    }

    /// <summary>Expects the file to end here.</summary>
    public void End() => _reader.Read();

    /// <summary>The grammar is broken, or the text ends early.</summary>
    public readonly MetricInputException Broken(JsonException e)
    {
        if (_reader.CurrentDepth >= MaxDepth - 1 && _reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            return Fault($"is nested more than {MaxDepth} levels deep; expected a few");
        var place = FormattableString.Invariant($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1 + (e.LineNumber == 0 ? _file.Start : 0)}");
        var field = Where() is { Length: > 0 } where ? $", in or after{where}" : "";
        return new($"{_file.Path} is not whole JSON: it breaks off or goes wrong at {place}{field}. Mend the file or make it anew.");
    }

    private readonly string String()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            var wrong = FileContent.Invalid(_reader.ValueSpan);
            throw wrong >= 0
                ? Fault($"is not UTF-8: found byte 0x{_reader.ValueSpan[wrong]:X2} where a character should begin or go on; expected UTF-8", _reader.TokenStartIndex + 1 + wrong)
                : Fault("holds half of a surrogate pair (\\uD800 to \\uDFFF alone); expected whole characters");
        }
    }

    private readonly MetricInputException Fault(string what, long offset) =>
        new($"{_file.Path}:{Where()} {what} ({_file.Place(offset)}). Mend the file or make it anew.");

    private readonly string Where()
    {
        var name = new StringBuilder(_list);
        if (_index >= 0) name.Append(CultureInfo.InvariantCulture, $"[{_index}]");
        if (_inner.Length > 0) name.Append(name.Length > 0 ? "." : "").Append(_inner);
        if (_innerIndex >= 0) name.Append(CultureInfo.InvariantCulture, $"[{_innerIndex}]");
        if (_field.Length > 0) name.Append(name.Length > 0 ? "." : "").Append(Encoding.UTF8.GetString(_field));
        return name.Length > 0 ? $" field '{name}'" : "";
    }

    private readonly string Found()
    {
        var value = _reader.ValueSpan;
        var shown = Encoding.UTF8.GetString(value[..Math.Min(value.Length, 40)]) + (value.Length > 40 ? "…" : "");
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => $"the text \"{shown}\"",
            _ => shown,
        };
    }
}
