using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace UnsupClipCap.Kernel;

/// <summary>
/// A Jupyter kernel, protocol 5.3. Requests of the shell are served in order by one thread, which runs the cells; those of the control channel at once, by the sockets' thread.
/// </summary>
internal sealed class KernelServer : IDisposable
{
    private readonly KernelSockets _sockets;
    private readonly BlockingCollection<(Channel Channel, Message Request)> _requests = [];
    private readonly Cells _cells;
    private readonly Lazy<CodeAssistant> _assistant;
    private int _count;

    public KernelServer(ConnectionFile connection, References references)
    {
        _cells = new(references);
        _assistant = new(() => new CodeAssistant(_cells.Session));
        _sockets = new(connection, Received);
    }

    /// <summary>Serves until shut down.</summary>
    public void Run()
    {
        CellConsole.Use();
        Bundles.Register();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            _cells.Interrupt();
        });
        _sockets.Start();
        _sockets.Publish("status", new() { ["execution_state"] = "starting" }, null);
        foreach (var (channel, request) in _requests.GetConsumingEnumerable()) Serve(channel, request);
    }

    /// <summary>Interrupts by the control channel as by a signal.</summary>
    private void Received(Channel channel, Message request)
    {
        if (channel == Channel.Stdin) return;                   // answers to questions that are never asked
        if (channel == Channel.Shell && request.Type is not ("interrupt_request" or "shutdown_request")) _requests.Add((channel, request));
        else Serve(channel, request);
    }

    private void Serve(Channel channel, Message request)
    {
        Status(request, "busy");
        try
        {
            if (request.Type == "execute_request") Execute(channel, request);
            else if (Answer(request) is { } content) _sockets.Reply(channel, request, request.Type.Replace("_request", "_reply", StringComparison.Ordinal), content);
        }
        catch (Exception e)
        {
            // A front end waits for an answer, whatever went wrong.
            KernelSockets.Note($"{request.Type}: {e.GetType().Name}: {e.Message}");
            if (request.Type.EndsWith("_request", StringComparison.Ordinal))
                _sockets.Reply(channel, request, request.Type.Replace("_request", "_reply", StringComparison.Ordinal), Error(e.GetType().Name, e.Message));
        }
        Status(request, "idle");
    }

    private void Status(Message request, string state) => _sockets.Publish("status", new() { ["execution_state"] = state }, request.Header);

    private JsonObject? Answer(Message request)
    {
        switch (request.Type)
        {
            case "kernel_info_request":
                return Info();
            case "interrupt_request":
                _cells.Interrupt();
                return Ok();
            case "shutdown_request":
                return ShutDown(request);
            case "complete_request":
                return Complete(request);
            case "inspect_request":
                return Inspect(request);
            case "is_complete_request":
                return IsComplete(request.Text("code"));
            case "history_request":
                return Ok(("history", new JsonArray()));
            case "comm_info_request":
                return Ok(("comms", new JsonObject()));
            case "comm_open":
                _sockets.Publish("comm_close", new() { ["comm_id"] = request.Text("comm_id"), ["data"] = new JsonObject() }, request.Header);
                return null;
            case var other when other.EndsWith("_request", StringComparison.Ordinal):
                return Error("NotSupported", $"This kernel does not know {other}.");
            default:
                return null;                                    // comm_msg, comm_close: there are none that they could be about
        }
    }

    private void Execute(Channel channel, Message request)
    {
        var (code, silent) = (request.Text("code"), request.Flag("silent", false));
        if (!silent && request.Flag("store_history", true)) _count++;
        var count = Math.Max(1, _count);
        if (!silent) _sockets.Publish("execute_input", new() { ["code"] = code, ["execution_count"] = count }, request.Header);
        var output = new CellOutput((type, content) =>
        {
            if (!silent) _sockets.Publish(type, content, request.Header);
        });
        if (_cells.Run(code, count, output) is { } error)
        {
            var content = Cells.ToContent(error);
            (content["status"], content["execution_count"], content["user_expressions"]) = ("error", count, new JsonObject());
            _sockets.Reply(channel, request, "execute_reply", content);
            if (!silent && request.Flag("stop_on_error", true)) AbortQueued();
        }
        else _sockets.Reply(channel, request, "execute_reply", Ok(("execution_count", count), ("payload", new JsonArray()), ("user_expressions", new JsonObject())));
        _cells.Tidy();
    }

    /// <summary>After an error, cells that were sent along with the failed one are not run.</summary>
    private void AbortQueued()
    {
        var others = new List<(Channel, Message)>();
        while (_requests.TryTake(out var next))
        {
            if (next.Request.Type != "execute_request")
            {
                others.Add(next);
                continue;
            }
            Status(next.Request, "busy");
            _sockets.Reply(next.Channel, next.Request, "execute_reply", new() { ["status"] = "aborted", ["execution_count"] = _count });
            Status(next.Request, "idle");
        }
        foreach (var other in others) _requests.Add(other);
    }

    private JsonObject Complete(Message request)
    {
        var code = request.Text("code");
        var found = _assistant.Value.Complete(code, Place(code, request.Number("cursor_pos", code.Length)));
        return Ok(("matches", new JsonArray([.. found.Matches.Select(m => JsonValue.Create(m))])), ("cursor_start", Points(code, found.Start)), ("cursor_end", Points(code, found.End)),
            ("metadata", new JsonObject
            {
                ["_jupyter_types_experimental"] = new JsonArray([.. found.Matches.Zip(found.Kinds, (text, kind) => new JsonObject
                {
                    ["start"] = Points(code, found.Start), ["end"] = Points(code, found.End), ["text"] = text, ["type"] = kind,
                })]),
            }));
    }

    private JsonObject Inspect(Message request)
    {
        var code = request.Text("code");
        var text = _assistant.Value.Inspect(code, Place(code, request.Number("cursor_pos", code.Length)));
        return Ok(("found", text is not null), ("data", text is null ? new JsonObject() : new JsonObject { ["text/plain"] = text }), ("metadata", new JsonObject()));
    }

    private static JsonObject IsComplete(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(CellText.Parse(code).Code, CellText.Options);
        return !SyntaxFactory.IsCompleteSubmission(tree) ? new() { ["status"] = "incomplete", ["indent"] = "    " }
            : new() { ["status"] = tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) ? "invalid" : "complete" };
    }

    /// <summary>The protocol counts code points, .NET UTF-16 units.</summary>
    private static int Place(string code, int points)
    {
        var at = 0;
        for (; points > 0 && at < code.Length; points--) at += char.IsSurrogatePair(code, at) ? 2 : 1;
        return at;
    }

    private static int Points(string code, int place) => code.AsSpan(0, Math.Min(place, code.Length)).ToString().EnumerateRunes().Count();

    private JsonObject ShutDown(Message request)
    {
        var restart = request.Flag("restart", false);
        _sockets.Publish("shutdown_reply", Ok(("restart", restart)), request.Header);
        _cells.Interrupt();
        _ = Task.Delay(100).ContinueWith(_ => End(0), TaskScheduler.Default);
        return Ok(("restart", restart));
    }

    /// <summary>Ends the process, whatever a cell is at.</summary>
    public void End(int status)
    {
        _cells.Dispose();
        Environment.Exit(status);
    }

    private static JsonObject Info() => Ok(
        ("protocol_version", Message.Version),
        ("implementation", "unsupclipcap"),
        ("implementation_version", typeof(KernelServer).Assembly.GetName().Version!.ToString(3)),
        ("language_info", new JsonObject
        {
            ["name"] = "C#",
            ["version"] = "13.0",                       // as notebooks in C# say, by whatever kernel they were run
            ["mimetype"] = "text/x-csharp",
            ["file_extension"] = ".cs",
            ["pygments_lexer"] = "csharp",
            ["codemirror_mode"] = "text/x-csharp",
        }),
        ("banner", $"C# on .NET {Environment.Version} with UnsupClipCap"),
        ("help_links", new JsonArray()),
        ("debugger", false));

    private static JsonObject Ok(params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var content = new JsonObject { ["status"] = "ok" };
        foreach (var (name, value) in more) content[name] = value;
        return content;
    }

    private static JsonObject Error(string name, string message) => new() { ["status"] = "error", ["ename"] = name, ["evalue"] = message, ["traceback"] = new JsonArray(message) };

    public void Dispose()
    {
        _sockets.Dispose();
        _cells.Dispose();
    }
}
