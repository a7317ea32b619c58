using System.CommandLine;
using System.Diagnostics;
using UnsupClipCap.Kernel;

namespace UnsupClipCap.Cli;

/// <summary>notebook: runs notebooks without a front end. lab: opens them in one.</summary>
internal static class NotebookCommands
{
    private const string All = "all", Ending = ".ipynb";

    public static IEnumerable<Command> Create() => [Notebook(), Lab()];

    private static string Folder => Path.Combine(Locations.Root, "notebooks");

    private static IReadOnlyList<string> Names => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, $"*{Ending}").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)] : [];

    private static Command Notebook()
    {
        var name = new Argument<string>("name") { Description = "A notebook's name, its file, or 'all'" };
        var preset = new Option<string?>("--preset") { Description = "The parameter 'preset': mini or flickr8k" };
        var set = new Option<string[]>("--set") { Description = "Parameters as name=value; lists with commas: --set lambdas=0,0.5,1", AllowMultipleArgumentsPerToken = true };
        var folder = new Option<string>("--out") { Description = "Folder for the notebook with its outputs and for its page", DefaultValueFactory = _ => Path.Combine("out", "notebooks") };
        var inPlace = new Option<bool>("--in-place") { Description = "Write the outputs into the notebook itself; no page" };
        var command = new Command("notebook", "Run a notebook from its first cell to its last, and make a page of it") { name, preset, set, folder, inPlace };
        command.SetAction(parsed =>
        {
            var values = Values(parsed.GetValue(set) ?? [], parsed.GetValue(preset));
            var which = parsed.GetValue(name)!;
            return Run(which, values, parsed.GetValue(inPlace) ? null : Path.GetFullPath(parsed.GetValue(folder)!));
        });
        return command;
    }

    private static Dictionary<string, string> Values(string[] set, string? preset)
    {
        var values = new Dictionary<string, string>();
        if (preset is not null) values["preset"] = Preset.Find(preset).Name;
        foreach (var text in set)
        {
            var parts = text.Split('=', 2);
            if (parts.Length < 2 || parts[0].Trim().Length == 0) throw new UserException($"--set {text}: expected name=value.");
            if (!values.TryAdd(parts[0].Trim(), parts[1].Trim())) throw new UserException($"--set {text}: {parts[0].Trim()} is given twice.");
        }
        return values;
    }

    private static int Run(string which, Dictionary<string, string> values, string? folder)
    {
        // All is checked before the first cell runs.
        var notebooks = Find(which).Select(path => (Path: path, File: NotebookFile.Read(path))).ToList();
        foreach (var (_, file) in notebooks)
        {
            var names = NotebookParameters.Names(file);
            NotebookParameters.Inject(file, which == All ? values.Where(v => names.Contains(v.Key)).ToDictionary() : values);
        }
        if (which == All && values.Keys.FirstOrDefault(k => notebooks.All(n => !NotebookParameters.Names(n.File).Contains(k))) is { } unknown)
            throw new UserException($"No notebook has a parameter '{unknown}'; there are {string.Join(", ", notebooks.SelectMany(n => NotebookParameters.Names(n.File)).Distinct())}.");

        var failed = 0;
        using var interruption = new Interruption();
        foreach (var (path, file) in notebooks)
        {
            var run = NotebookRun.Of(file, Path.GetDirectoryName(Path.GetFullPath(path))!, new Line(file.Name), interruption.Token);
            ProgressLine.End();
            var written = folder is null ? path : Path.Combine(folder, Path.GetFileName(path));
            file.Save(written);
            if (folder is not null) NotebookPage.Save(file, written = Path.ChangeExtension(written, ".html"));
            if (run.Error is not null) Console.Error.WriteLine(run.Error);
            Console.WriteLine($"{file.Name}: {(run.Stopped ? "stopped; what was run is in" : run.Error is not null ? "failed; what was run is in" : "ran;")} {Path.GetRelativePath(Environment.CurrentDirectory, written)}");
            if (run.Error is not null) failed++;
            if (run.Stopped) return Faults.Stopped;
        }
        return failed > 0 ? Faults.Failure : 0;
    }

    private static IReadOnlyList<string> Find(string which)
    {
        if (which == All && Names.Count > 0) return [.. Names.Select(PathOf)];
        if (which.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) && File.Exists(which)) return [which];
        var name = which.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(which) : which;
        return Names.Contains(name) ? [PathOf(name)] : throw new UserException($"There is no notebook '{which}'; there are: {string.Join(", ", Names.Append(All))}.");
    }

    private static string PathOf(string name) => Path.Combine(Folder, name + Ending);

    /// <summary>A cell's progress on the terminal: its first line, then what it last said.</summary>
    private sealed class Line(string notebook) : IProgress<CellProgressLine>
    {
        private readonly ProgressLine _line = new();

        public void Report(CellProgressLine at)
        {
            var code = at.Source.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && !l.StartsWith("//", StringComparison.Ordinal)) ?? "";
            _line.Report($"{notebook} {at.Number}/{at.Count}: {(code.Length > 60 ? code[..60] + "…" : code)}", at.Done ? 1 : 0, at.Done ? $"{at.Time.TotalSeconds:0.0} s" : at.Text);
        }
    }

    private static Command Lab()
    {
        var name = new Argument<string?>("name") { Description = "The notebook to open", Arity = ArgumentArity.ZeroOrOne };
        var browser = new Option<bool>("--no-browser") { Description = "Only say where it is" };
        var command = new Command("lab", "Open the notebooks in Jupyter") { name, browser };
        command.SetAction(parsed => Open(parsed.GetValue(name), parsed.GetValue(browser)));
        return command;
    }

    private static int Open(string? name, bool noBrowser)
    {
        var target = name is null ? Folder : Find(name) is [var one] ? one : Folder;
        var front = new[] { "jupyter-lab", "jupyter-notebook" }.FirstOrDefault(IsOnPath) ?? throw new UserException(
            "Neither jupyter-lab nor jupyter-notebook is on the PATH. Install one: 'apt install jupyter-notebook' or 'pip install jupyterlab'. " +
            "VS Code with its Jupyter extension opens the notebooks too. Without either, './run notebook NAME' runs one and makes a page of it.");
        var known = KernelSpecs.List().FirstOrDefault(s => s.Name == KernelSpecs.Name);
        if (known is null && !Install()) return Faults.Failure;
        if (known is { Program: null }) Console.Error.WriteLine($"The kernel '{KernelSpecs.Name}' is {known.DisplayName} in {known.Folder}; the notebooks run in it too. './run kernel install --replace' puts this project's in its place.");
        var start = new ProcessStartInfo(front) { UseShellExecute = false, WorkingDirectory = Folder };
        start.ArgumentList.Add(target);
        if (noBrowser) start.ArgumentList.Add("--no-browser");
        using var process = Process.Start(start)!;
        Console.CancelKeyPress += (_, e) => e.Cancel = true;            // Jupyter asks whether to stop
        process.WaitForExit();
        return process.ExitCode;
    }

    private static bool Install()
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine("Jupyter does not know the kernel yet: './run kernel install' tells it.");
            return false;
        }
        Console.Write("Jupyter does not know the kernel yet. Install it for the current user (a small file, './run kernel uninstall' takes it away)? [y/N] ");
        if (Console.ReadLine()?.Trim().ToLowerInvariant() is not ("y" or "yes")) return false;
        Console.WriteLine(KernelSpecs.Install());
        return true;
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));
}
