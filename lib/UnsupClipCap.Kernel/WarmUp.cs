namespace UnsupClipCap.Kernel;

/// <summary>Compiles the compiler, so to speak, while the front end is still making its first request.</summary>
internal static class WarmUp
{
    public static void Start(References references) => new Thread(() => Run(references)) { IsBackground = true, Name = "warm-up" }.Start();

    private static void Run(References references)
    {
        try
        {
            var session = new ScriptSession(references);
            session.Run("var first = Enumerable.Range(0, 3).Select(i => i + 1).ToList();", "warm-up", Task.Delay(-1));
            Bundles.Of(session.Run("first", "warm-up", Task.Delay(-1)));
            Thread.Sleep(1000);                             // the first cell goes before the first completion
            using var assistant = new CodeAssistant(session);
            assistant.Complete("first.", 6);
            assistant.Inspect("first", 2);
        }
        catch (Exception e)
        {
            KernelSockets.Note($"warming up: {e.Message}");
        }
    }
}
