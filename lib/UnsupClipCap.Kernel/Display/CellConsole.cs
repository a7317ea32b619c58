using System.Text;

namespace UnsupClipCap.Kernel;

/// <summary>The console of cells: what is written goes to the output of the cell that writes.</summary>
internal sealed class CellConsole(string stream) : TextWriter
{
    /// <summary>Puts cells' writers and reader in place of the process's own.</summary>
    public static void Use()
    {
        Console.SetOut(Synchronized(new CellConsole("stdout")));
        Console.SetError(Synchronized(new CellConsole("stderr")));
        Console.SetIn(new NoInput());
    }

    public override Encoding Encoding => Encoding.UTF8;
    public override string NewLine => "\n";
    public override void Write(char value) => CellOutput.Current?.Write(stream, [value]);
    public override void Write(string? value) => CellOutput.Current?.Write(stream, value);
    public override void Write(char[] buffer, int index, int count) => CellOutput.Current?.Write(stream, buffer.AsSpan(index, count));
    public override void Write(ReadOnlySpan<char> buffer) => CellOutput.Current?.Write(stream, buffer);
    public override void WriteLine(string? value) => CellOutput.Current?.Write(stream, value + "\n");
    public override void Flush() => CellOutput.Current?.Flush();

    private sealed class NoInput : TextReader
    {
        public override int Read() => throw Refusal();
        public override int Peek() => throw Refusal();
        public override string? ReadLine() => throw Refusal();
        public override string ReadToEnd() => throw Refusal();
        public override int Read(char[] buffer, int index, int count) => throw Refusal();

        private static UserException Refusal() => new("This kernel does not ask for input (input_request): a cell cannot read from the console. Put the value into a variable of the cell.");
    }
}
