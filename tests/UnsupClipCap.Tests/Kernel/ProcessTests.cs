using UnsupClipCap.Kernel;
using Xunit;

namespace UnsupClipCap.Tests;

/// <summary>Kernels as processes.</summary>
[Collection("kernel")]
public sealed class ProcessTests(SharedKernel shared)
{
    [Fact]
    public void A_cell_that_ends_the_process_ends_no_other_and_the_next_start_works()
    {
        using (var other = KernelClient.Start(SharedKernel.Dll))
        {
            other.Run("var mine = 1;");
            Assert.Contains("mine", shared.Client.Run("mine").Error);            // two kernels side by side share nothing
            other.SendCell("Environment.Exit(3);");
            Assert.True(other.Process.WaitForExit(5000));
            Assert.Equal(3, other.Process.ExitCode);
        }
        Assert.Equal("2", shared.Client.Run("1 + 1").Result);
        using var next = KernelClient.Start(SharedKernel.Dll);
        Assert.Equal("1", next.Run("2.Display(); 1").Result);                    // while the compiler is still being warmed up
        var endless = next.SendCell("Console.Write('.'); try { while (true) { } } catch { while (true) { } }");
        next.Published(endless, m => m.Type == "stream");
        var reply = next.ShutDown(restart: true);
        Assert.True(reply.Flag("restart", false));
        Assert.True(next.Process.WaitForExit(3000));
        Assert.Equal(0, next.Process.ExitCode);
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("{\"shell_port\": 1}", "control_port is 0")]
    [InlineData("{\"transport\": \"ipc\"}", "tcp only")]
    public void A_bad_connection_file_is_named(string content, string said)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, content);
        Assert.Contains(said, Assert.Throws<UserException>(() => ConnectionFile.Read(file)).Message);
        File.Delete(file);
    }
}
