using System.CommandLine;
using UnsupClipCap.Kernel;

namespace UnsupClipCap.Cli;

/// <summary>kernel: install, list, uninstall.</summary>
internal static class KernelCommands
{
    public static Command Create() => new("kernel", "The Jupyter kernel in which the notebooks run") { Install(), List(), Uninstall() };

    private static Command Install()
    {
        var replace = new Option<bool>("--replace") { Description = $"Also over a kernel {KernelSpecs.Name} that something else installed" };
        var cuda = new Option<bool>("--cuda") { Description = "The kernel uses the GPU: a build by TorchBackend=cuda, or UNSUPCLIPCAP_LIBTORCH" };
        var command = new Command("install", "Make the kernel known to Jupyter and VS Code, for the current user") { replace, cuda };
        command.SetAction(parsed => Console.WriteLine($"{KernelSpecs.Install(parsed.GetValue(replace), parsed.GetValue(cuda))}: '.NET (C#)' starts {KernelSpecs.Program}"));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "The kernels that front ends find, where, and whose they are");
        command.SetAction(_ =>
        {
            var found = KernelSpecs.List();
            foreach (var spec in found)
                Console.WriteLine($"{spec.Name,-16} {Whose(spec),-28} {spec.Folder}{(found.First(f => f.Name == spec.Name) == spec ? "" : "  (hidden by the one above)")}");
            if (found.All(f => f.Name != KernelSpecs.Name)) Console.WriteLine($"There is no {KernelSpecs.Name}; './run kernel install' makes it known.");
        });
        return command;

        static string Whose(FoundSpec spec) => spec.Program is null ? $"another's: {spec.DisplayName}"
            : !File.Exists(spec.Program) ? "ours, but it is not built" : Path.GetFullPath(spec.Program) == KernelSpecs.Program ? "ours" : "ours, of another checkout";
    }

    private static Command Uninstall()
    {
        var command = new Command("uninstall", "Take the current user's kernel away, if it is this project's");
        command.SetAction(_ => Console.WriteLine(KernelSpecs.Uninstall() is { } folder ? $"{folder} is gone." : $"There is no {KernelSpecs.Name} in {KernelSpecs.UserFolder}."));
        return command;
    }
}
