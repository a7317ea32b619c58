using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace UnsupClipCap;

/// <summary>
/// Reads the pickles inside PyTorch's archives. It knows containers, numbers, strings and what PyTorch writes for a tensor;
/// any other class or function is refused by name, so nothing in a file can run.
/// </summary>
/// <remarks>Opcodes: Python's <c>pickletools</c>, protocols 2 to 4, as far as <c>torch.save</c> and TorchScript use them.</remarks>
internal sealed class Unpickler(byte[] pickle, Func<object?[], object> storage)
{
    private const int MaxStack = 200_000;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly object Mark = new();

    /// <summary>The name of a class or function, as a pickle refers to it.</summary>
    internal sealed record Global(string Module, string Name)
    {
        public override string ToString() => $"{Module}.{Name}";
    }

    /// <summary>A dictionary, in the order written. Nothing is looked up in it, and so nothing hashed: keys chosen to collide cost nothing.</summary>
    internal sealed class Items : List<(object? Key, object? Value)>;

    /// <summary>An instance of a TorchScript module: its attributes.</summary>
    internal sealed class Instance
    {
        public Items Attributes { get; set; } = new();
    }

    /// <summary>A tensor as pickled: a view of a storage.</summary>
    internal sealed record TensorView(object Storage, long Offset, long[] Shape, long[] Stride);

    private readonly List<object?> _stack = [];
    private readonly Dictionary<int, object?> _memo = [];
    private int _at;

    /// <summary>The pickled object.</summary>
    /// <exception cref="InvalidDataException">The pickle is damaged, or asks for something that is refused.</exception>
    public object? Read()
    {
        try
        {
            while (true)
            {
                var op = pickle[_at++];
                if (op == '.') return Pop();
                Step(op);
                if (_stack.Count > MaxStack) throw new InvalidDataException("its pickle nests too deeply");
            }
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or InvalidCastException or OverflowException
            or KeyNotFoundException or NullReferenceException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"its pickle is damaged at byte {_at}", e);
        }
    }

    private void Step(byte op)
    {
        switch ((char)op)
        {
            case '\x80': if (pickle[_at++] > 5) throw new InvalidDataException("its pickle is of a protocol later than 5"); break;
            case '\x95': _at += 8; break;                                                   // FRAME
            case '(': _stack.Add(Mark); break;
            case 'N': _stack.Add(null); break;
            case '\x88': _stack.Add(true); break;
            case '\x89': _stack.Add(false); break;
            case 'J': _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 'K': _stack.Add((long)pickle[_at++]); break;
            case 'M': _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case '\x8a': _stack.Add(ReadLong(pickle[_at++])); break;
            case 'G': _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case 'X': _stack.Add(Utf8.GetString(Take(Length(4)))); break;
            case '\x8c': _stack.Add(Utf8.GetString(Take(Length(1)))); break;
            case 'U': _stack.Add(Encoding.Latin1.GetString(Take(Length(1)))); break;
            case 'T': _stack.Add(Encoding.Latin1.GetString(Take(Length(4)))); break;
            case 'B': _stack.Add(Take(Length(4)).ToArray()); break;
            case 'C': _stack.Add(Take(Length(1)).ToArray()); break;
            case 'I': ReadIntegerLine(); break;
            case '}': _stack.Add(new Items()); break;
            case ']': _stack.Add(new List<object?>()); break;
            case ')': _stack.Add(Array.Empty<object?>()); break;
            case 't': _stack.Add(PopToMark()); break;
            case '\x85': _stack.Add(PopMany(1)); break;
            case '\x86': _stack.Add(PopMany(2)); break;
            case '\x87': _stack.Add(PopMany(3)); break;
            case 'a': { var item = Pop(); ((List<object?>)Peek()!).Add(item); break; }
            case 'e': { var items = PopToMark(); ((List<object?>)Peek()!).AddRange(items); break; }
            case 's': { var pair = PopMany(2); ((Items)Peek()!).Add((pair[0], pair[1])); break; }
            case 'u': { var pairs = PopToMark(); SetItems((Items)Peek()!, pairs); break; }
            case '0': Pop(); break;
            case '2': _stack.Add(Peek()); break;
            case 'q': _memo[pickle[_at++]] = Peek(); break;
            case 'r': _memo[Length(4)] = Peek(); break;
            case '\x94': _memo[_memo.Count] = Peek(); break;
            case 'h': _stack.Add(_memo[pickle[_at++]]); break;
            case 'j': _stack.Add(_memo[Length(4)]); break;
            case 'c': _stack.Add(Find(ReadLine(), ReadLine())); break;
            case '\x93': { var names = PopMany(2); _stack.Add(Find((string)names[0]!, (string)names[1]!)); break; }
            case 'Q': _stack.Add(storage((object?[])Pop()!)); break;
            case '\x81' or 'R': { var arguments = (object?[])Pop()!; _stack.Add(Call((Global)Pop()!, arguments)); break; }
            case 'b': Build(Pop()); break;
            default: throw new InvalidDataException($"its pickle holds the opcode 0x{op:x2}, which no tensor needs; it is not read");
        }
    }

    /// <summary>Classes and functions that tensors are written with; all others are refused.</summary>
    private static Global Find(string module, string name)
    {
        var known = (module, name) switch
        {
            ("collections", "OrderedDict") => true,
            ("torch._utils", "_rebuild_tensor_v2" or "_rebuild_parameter" or "_rebuild_parameter_with_state") => true,
            ("torch.jit._pickle", "build_intlist" or "build_doublelist" or "build_boollist" or "build_tensorlist" or "restore_type_tag") => true,
            ("torch", _) => name.EndsWith("Storage", StringComparison.Ordinal) || name == "Size" || Types.Contains(name),
            _ => module.StartsWith("__torch__", StringComparison.Ordinal),
        };
        return known ? new Global(module, name)
            : throw new InvalidDataException($"it asks for {module}.{name}, which is not part of a tensor; the file may be malicious and is not read");
    }

    private static readonly HashSet<string> Types = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"];

    private static object Call(Global function, object?[] arguments) => function switch
    {
        { Name: "OrderedDict" } => arguments.Length == 0 ? new Items() : throw new InvalidDataException("it makes a dictionary in a way that torch.save does not"),
        { Name: "_rebuild_tensor_v2" } => new TensorView(arguments[0]!, (long)arguments[1]!, Sizes(arguments[2]), Sizes(arguments[3])),
        { Name: "_rebuild_parameter" or "_rebuild_parameter_with_state" } => arguments[0]!,
        { Name: "Size" or "build_intlist" or "build_doublelist" or "build_boollist" or "build_tensorlist" or "restore_type_tag" } => arguments[0]!,
        _ when function.Module.StartsWith("__torch__", StringComparison.Ordinal) => new Instance(),
        _ => throw new InvalidDataException($"it calls {function}, which is not read"),
    };

    private void Build(object? state)
    {
        // OrderedDict carries `_metadata` this way: not data, and dropped.
        if (Peek() is Instance instance && state is Items attributes) instance.Attributes = attributes;
        else if (Peek() is not Items) throw new InvalidDataException("it sets the state of something that is no container");
    }

    private static void SetItems(Items items, object?[] pairs)
    {
        for (var i = 0; i + 1 < pairs.Length; i += 2) items.Add((pairs[i], pairs[i + 1]));
    }

    private static long[] Sizes(object? tuple) => ((object?[])tuple!).Select(n => (long)n!).ToArray();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > pickle.Length - _at) throw new InvalidDataException("its pickle is cut short");
        _at += count;
        return pickle.AsSpan(_at - count, count);
    }

    private int Length(int bytes) => bytes == 1 ? pickle[_at++] : checked((int)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));

    private long ReadLong(int bytes)
    {
        if (bytes > 8) throw new InvalidDataException("its pickle holds an integer of more than 64 bits");
        long value = 0;
        var taken = Take(bytes);
        for (var i = bytes - 1; i >= 0; i--) value = value << 8 | taken[i];
        return bytes is > 0 and < 8 && (taken[^1] & 0x80) != 0 ? value - (1L << bytes * 8) : value;
    }

    private string ReadLine()
    {
        var end = Array.IndexOf(pickle, (byte)'\n', _at);
        if (end < 0) throw new InvalidDataException("its pickle is cut short");
        var line = Utf8.GetString(pickle, _at, end - _at);
        _at = end + 1;
        return line;
    }

    private void ReadIntegerLine() =>
        _stack.Add(ReadLine() switch { "01" => true, "00" => false, var digits => long.Parse(digits, CultureInfo.InvariantCulture) });

    private object? Peek() => _stack[^1];

    private object? Pop()
    {
        var top = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object?[] PopMany(int count)
    {
        var items = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object?[] PopToMark()
    {
        var mark = _stack.Count - 1;
        while (mark >= 0 && !ReferenceEquals(_stack[mark], Mark)) mark--;
        if (mark < 0) throw new InvalidDataException("its pickle closes a group that it did not open");
        var items = PopMany(_stack.Count - mark - 1);
        Pop();
        return items;
    }
}
