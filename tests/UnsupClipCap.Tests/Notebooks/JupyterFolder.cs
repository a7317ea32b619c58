using UnsupClipCap.Kernel;

namespace UnsupClipCap.Tests;

/// <summary>A folder where Jupyter finds this project's kernel for the time of a test, whatever the user has installed.</summary>
internal sealed class JupyterFolder : IDisposable
{
    private const string Variable = "JUPYTER_DATA_DIR";
    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

    public JupyterFolder()
    {
        Environment.SetEnvironmentVariable(Variable, Path);
        KernelSpecs.Install();
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("unsupclipcap-jupyter-").FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        Directory.Delete(Path, recursive: true);
    }
}
