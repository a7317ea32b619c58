using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace UnsupClipCap.Kernel;

/// <summary>Runs cells one after another: their directives, then their C#; shows what comes of them.</summary>
internal sealed class Cells : IDisposable
{
    private static readonly string[] Magics = ["#!time", "#!import", "#!csharp", "#r", "#load"];

    private readonly Packages _packages;
    private CellRun? _running;
    private long _tensors;

    public Cells(References references)
    {
        Session = new(references);
        _packages = new(Session.References);
    }

    public ScriptSession Session { get; }

    /// <summary>Asks the running cell to stop; nothing where none runs.</summary>
    public void Interrupt() => Volatile.Read(ref _running)?.Interrupt();

    /// <summary>Runs a cell.</summary>
    /// <param name="code">Its text.</param>
    /// <param name="count">Its number.</param>
    /// <param name="output">Where what it puts out goes.</param>
    /// <returns>Its error, or null where it came to its end.</returns>
    public CellError? Run(string code, int count, CellOutput output)
    {
        using var run = new CellRun(output);
        Volatile.Write(ref _running, run);
        try
        {
            Show(code, count, output, run);
            return null;
        }
        catch (Exception e)
        {
            var error = Explain(e, run);
            run.Progress.End(stopped: true);
            output.Publish("error", ToContent(error));
            return error;
        }
        finally
        {
            Volatile.Write(ref _running, null);
        }
    }

    public static JsonObject ToContent(CellError error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Trace.Select(l => JsonValue.Create(l))]),
    };

    private CellError Explain(Exception e, CellRun run)
    {
        if (e is CellFaultException fault) return fault.Error;
        if (run.IsInterrupted && IsStop(e))
            return new("Interrupted", "The cell was interrupted.", ["Interrupted: the cell was stopped; what earlier cells made is as it was.", .. CellTrace.Of(e, Session.IsOfCells).Trace.Where(l => l.StartsWith("   at", StringComparison.Ordinal))]);
        return CellTrace.Of(e, Session.IsOfCells);

        static bool IsStop(Exception e) => e is OperationCanceledException or ThreadInterruptedException || e.InnerException is { } inner && IsStop(inner);
    }

    // Apart, so that no frame that lives longer keeps the value.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Show(string code, int count, CellOutput output, CellRun run)
    {
        var clock = Stopwatch.StartNew();
        var text = CellText.Parse(code);
        var value = Run(text, $"Cell {count}", Environment.CurrentDirectory, run, 0);
        run.Progress.End();
        if (value is not null) output.Publish("execute_result", new() { ["execution_count"] = count, ["data"] = Bundles.Of(value), ["metadata"] = new JsonObject() });
        if (text.Directives.Any(d => d.Name == "#!time")) Console.Out.WriteLine($"Wall time: {Words(clock.Elapsed)}");
    }

    private static string Words(TimeSpan t) => FormattableString.Invariant(t.TotalSeconds < 1 ? $"{t.TotalMilliseconds:0.#} ms" : t.TotalMinutes < 2 ? (FormattableString)$"{t.TotalSeconds:0.00} s" : $"{t:h\\:mm\\:ss}");

    private object? Run(CellText text, string name, string folder, CellRun run, int depth)
    {
        foreach (var directive in text.Directives)
        {
            try
            {
                Obey(directive, folder, run, depth);
            }
            catch (CellFaultException e) when (e.Error.Trace.Count == 1)
            {
                throw new CellFaultException(e.Error.Name, $"{name}, line {directive.Line}: {e.Message}");
            }
        }
        return Session.Run(text.Code, name, run.Abandon);
    }

    private void Obey(Directive directive, string folder, CellRun run, int depth)
    {
        switch (directive.Name)
        {
            case "#!csharp" or "#!c#" or "#!time":
                return;
            case "#r" when directive.Argument.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase):
                _packages.Add(directive.Argument["nuget:".Length..].Trim(), run.Token);
                return;
            case "#r":
                Reference(directive.Argument, folder);
                return;
            case "#load" or "#!import":
                if (depth >= 16) throw new CellFaultException("ImportError", $"{directive.Argument} is imported through 16 files; do they import each other?");
                var path = Find(directive.Argument, folder) ?? throw new CellFaultException("ImportError", $"There is no file {directive.Argument} in {folder}.");
                foreach (var (code, name) in ImportedFile.Read(path)) Run(CellText.Parse(code), name, Path.GetDirectoryName(path)!, run, depth + 1);
                return;
            default:
                throw new CellFaultException("DirectiveError", $"There is no '{directive.Name}' here; there are {string.Join(", ", Magics)}.");
        }
    }

    private void Reference(string file, string folder)
    {
        var name = file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(file.Replace('\\', '/')) : file;
        if (Session.References.Own(name) is not null) return;          // the library, say, by whatever path
        var path = Find(file, folder) ?? throw new CellFaultException("ReferenceError", $"There is no file {file} in {folder}. Packages are named #r \"nuget: Name, Version\".");
        if (References.VersionOf(path) is null) throw new CellFaultException("ReferenceError", $"{path} is no .NET assembly.");
        Session.References.Add(path);
    }

    private static string? Find(string file, string folder) => new[] { folder, Environment.CurrentDirectory }.Select(f => Path.GetFullPath(Path.Combine(f, file))).FirstOrDefault(File.Exists);

    /// <summary>Frees the tensors that no variable holds any more. The collector knows of a tensor's few bytes here, not of its megabytes in libtorch.</summary>
    public void Tidy()
    {
        if (Session.TakeReleased() == 0 || TensorCount.Now() == _tensors) return;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        _tensors = TensorCount.Now();
    }

    public void Dispose() => _packages.Dispose();

    /// <summary>Apart: only a kernel whose cells have used TorchSharp looks at it.</summary>
    private static class TensorCount
    {
        public static long Now() => AppDomain.CurrentDomain.GetAssemblies().Any(a => a.GetName().Name == "TorchSharp") ? Count() : 0;

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static long Count() => TorchSharp.torch.Tensor.TotalCount;
    }
}
