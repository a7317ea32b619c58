using System.Diagnostics;
using System.Globalization;

namespace UnsupClipCap.Kernel;

/// <summary>UnsupClipCap.Kernel CONNECTION_FILE: what a Jupyter front end starts.</summary>
internal static class Program
{
    private const int StackOfCells = 8 << 20, SpareThreads = 4;

    private static int Main(string[] args)
    {
        if (args is not [var file])
        {
            Console.Error.WriteLine("A Jupyter front end starts this with its connection file; './run kernel install' tells it how.");
            return 2;
        }
        // Messages come in through the thread pool: a few of its threads more than a cell's parallel loop takes at once, or an interruption waits with it for more.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(workers + SpareThreads, ports);
        var status = 0;
        var thread = new Thread(() => status = Serve(file), StackOfCells) { Name = "cells" };
        thread.Start();
        thread.Join();
        return status;
    }

    private static int Serve(string file)
    {
        try
        {
            var connection = ConnectionFile.Read(file);
            var references = new References();
            WarmUp.Start(references);
            using var server = new KernelServer(connection, references);
            EndWithParent(server);
            server.Run();
            return 0;
        }
        catch (UserException e)
        {
            KernelSockets.Note(e.Message);
            return 1;
        }
    }

    /// <summary>A front end that died cannot shut its kernel down: the kernel looks after it, by the process that Jupyter names.</summary>
    private static void EndWithParent(KernelServer server)
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id <= 1) return;
        Process parent;
        try
        {
            parent = Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return;                                         // in another name space of processes, or gone before we came: nothing to look after
        }
        _ = parent.WaitForExitAsync().ContinueWith(_ => server.End(1), TaskScheduler.Default);
    }
}
