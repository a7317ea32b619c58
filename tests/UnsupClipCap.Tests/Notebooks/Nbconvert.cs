using System.Diagnostics;
using UnsupClipCap.Kernel;

namespace UnsupClipCap.Tests;

/// <summary>Jupyter's own way to run a notebook, with this project's kernel.</summary>
internal static class Nbconvert
{
    /// <summary>Its program, or null where it is not on the PATH.</summary>
    public static string? Program => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(f => Path.Combine(f, "jupyter-nbconvert")).FirstOrDefault(File.Exists);

    /// <summary>Runs a notebook, leaving its file as it is. Jupyter knows the kernel for the time of the run only.</summary>
    public static NotebookFile Execute(string notebook, CancellationToken cancel)
    {
        using var jupyter = new JupyterFolder();
        var start = new ProcessStartInfo(Program!, ["--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=-1", "--output-dir", jupyter.Path, notebook]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var stop = cancel.Register(() => process.Kill(entireProcessTree: true));
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"jupyter-nbconvert ended with {process.ExitCode}:\n{said}");
        return NotebookFile.Read(Path.Combine(jupyter.Path, Path.GetFileName(notebook)));
    }
}
