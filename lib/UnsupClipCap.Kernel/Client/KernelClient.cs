using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;

namespace UnsupClipCap.Kernel;

/// <summary>A small Jupyter front end: starts a kernel's process and speaks with it. Notebooks run from the command line, tests and benchmarks use it.</summary>
internal sealed class KernelClient : IDisposable
{
    private readonly string _key = Guid.NewGuid().ToString("N"), _session = Guid.NewGuid().ToString("N"), _file;
    private readonly DealerSocket _shell = new(), _control = new();
    private readonly RequestSocket _heartbeat = new();
    private readonly SubscriberSocket _ioPub = new();
    private readonly NetMQQueue<(NetMQSocket, NetMQMessage)> _outgoing = new();
    private readonly NetMQPoller _poller;
    private readonly List<Received> _received = [];
    private readonly List<string> _notes = [];

    private KernelClient(string kernel, IReadOnlyDictionary<string, string>? environment, string? folder)
    {
        var ports = FreePorts(5);
        var connection = new ConnectionFile { Key = _key, Shell = ports[0], Control = ports[1], Stdin = ports[2], IoPub = ports[3], Heartbeat = ports[4] };
        _file = Path.Combine(Path.GetTempPath(), $"unsupclipcap-kernel-{Guid.NewGuid():N}.json");
        File.WriteAllText(_file, JsonSerializer.Serialize(connection));
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host, [kernel, _file]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        start.Environment["JPY_PARENT_PID"] = $"{Environment.ProcessId}";      // the kernel ends with this process, however that ends
        Process = Process.Start(start)!;
        Process.ErrorDataReceived += (_, e) =>
        {
            lock (_notes)
                if (e.Data is not null) _notes.Add(e.Data);
        };
        Process.OutputDataReceived += (_, _) => { };
        Process.BeginErrorReadLine();
        Process.BeginOutputReadLine();

        Wire = new(_key);
        foreach (var (socket, port) in new (NetMQSocket, int)[] { (_shell, ports[0]), (_control, ports[1]), (_ioPub, ports[3]), (_heartbeat, ports[4]) })
        {
            (socket.Options.ReceiveHighWatermark, socket.Options.Linger, socket.Options.ReconnectInterval) = (0, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
            socket.Connect(connection.Address(port));
        }
        _ioPub.SubscribeToAnyTopic();
        foreach (var (socket, name) in new (NetMQSocket, string)[] { (_shell, "shell"), (_control, "control"), (_ioPub, "iopub") })
            socket.ReceiveReady += (_, e) => Add(new(name, Wire.FromFrames(e.Socket.ReceiveMultipartMessage()), Stopwatch.GetTimestamp()));
        _heartbeat.ReceiveReady += (_, e) => Add(new("heartbeat", Message.Of("heartbeat", new() { ["text"] = e.Socket.ReceiveFrameString() }, null, _session), Stopwatch.GetTimestamp()));
        _outgoing.ReceiveReady += (_, e) =>
        {
            while (e.Queue.TryDequeue(out var item, TimeSpan.Zero)) item.Item1.SendMultipartMessage(item.Item2);
        };
        _poller = new() { _shell, _control, _ioPub, _heartbeat, _outgoing };
        _poller.RunAsync("kernel client", isBackgroundThread: true);
    }

    /// <summary>A message as it came.</summary>
    public sealed record Received(string Socket, Message Message, long Time);

    /// <summary>An answer, and what was published on the way to it.</summary>
    public sealed record Answer(Message Reply, IReadOnlyList<Received> Published)
    {
        public bool IsOk => Reply.Text("status") == "ok";
        public IEnumerable<string> Types => Published.Select(p => p.Message.Type);
        public IEnumerable<JsonObject> Of(string type) => Published.Where(p => p.Message.Type == type).Select(p => p.Message.Content);
        public string Stream(string name = "stdout") => string.Concat(Of("stream").Where(c => (string?)c["name"] == name).Select(c => (string?)c["text"]));
        public string? Result => Of("execute_result").Select(c => (string?)c["data"]!["text/plain"]).FirstOrDefault();
        public string Error => $"{Reply.Text("ename")}: {string.Join("\n", Reply.Content["traceback"]?.AsArray().Select(l => (string?)l) ?? [])}";
    }

    public Process Process { get; }
    public Wire Wire { get; }

    /// <summary>Lines that the process wrote to its standard error.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_notes) return [.. _notes];
        }
    }

    /// <summary>Starts a kernel and waits until it answers and is heard.</summary>
    /// <param name="kernel">Its dll.</param>
    /// <param name="environment">Variables to add.</param>
    /// <param name="folder">Where it starts; this process's folder by default.</param>
    public static KernelClient Start(string kernel, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var client = new KernelClient(kernel, environment, folder);
        try
        {
            for (var tries = 0; ; tries++)
            {
                var id = client.Send("kernel_info_request", []);
                client.Wait(r => r.Socket == "shell" && IsFor(r, id), TimeSpan.FromSeconds(30));
                if (client.Find(r => r.Socket == "iopub" && IsFor(r, id), TimeSpan.FromMilliseconds(200)) is not null) return client;
                if (tries == 20) throw new TimeoutException("The kernel answers, but nothing that it publishes is heard.");
            }
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request.</summary>
    /// <returns>Its id.</returns>
    public string Send(string type, JsonObject content, bool control = false)
    {
        var message = Message.Of(type, content, null, _session, "user");
        SendRaw(Wire.ToFrames(message), control);
        return message.Id;
    }

    /// <summary>Sends frames as they are.</summary>
    public void SendRaw(NetMQMessage frames, bool control = false) => _outgoing.Enqueue((control ? _control : _shell, frames));

    /// <summary>Sends a cell.</summary>
    public string SendCell(string code, bool stopOnError = true, bool silent = false, bool history = true) => Send("execute_request", new()
    {
        ["code"] = code,
        ["silent"] = silent,
        ["store_history"] = history,
        ["user_expressions"] = new JsonObject(),
        ["allow_stdin"] = false,
        ["stop_on_error"] = stopOnError,
    });

    /// <summary>Sends a request and waits for its answer and for the kernel to be idle again.</summary>
    public Answer Ask(string type, JsonObject content, bool control = false) => AnswerTo(Send(type, content, control));

    /// <summary>Runs a cell to its end.</summary>
    public Answer Run(string code) => AnswerTo(SendCell(code));

    /// <summary>Waits for an answer and for the kernel to be idle again.</summary>
    public Answer AnswerTo(string id)
    {
        var reply = Wait(r => r.Socket is "shell" or "control" && IsFor(r, id), TimeSpan.FromSeconds(60));
        Wait(r => r.Socket == "iopub" && IsFor(r, id) && r.Message.Type == "status" && r.Message.Text("execution_state") == "idle", TimeSpan.FromSeconds(5));
        lock (_received) return new(reply.Message, [.. _received.Where(r => r.Socket == "iopub" && IsFor(r, id))]);
    }

    /// <summary>Waits without limit for a cell's end, and tells all that is published on the way as it comes.</summary>
    /// <param name="id">The request's.</param>
    /// <param name="published">Told in order, in the caller's thread.</param>
    /// <param name="cancel">Interrupts the kernel once; then its answer is still waited for.</param>
    /// <returns>The reply's content.</returns>
    /// <exception cref="KernelEndedException">The kernel's process ended first.</exception>
    public JsonObject Follow(string id, Action<Message> published, CancellationToken cancel = default)
    {
        JsonObject? reply = null;
        var (idle, asked) = (false, false);
        for (var seen = 0; reply is null || !idle;)
        {
            Received? next = null;
            lock (_received)
            {
                if (seen == _received.Count) Monitor.Wait(_received, 100);
                if (seen < _received.Count) next = _received[seen++];
            }
            if (cancel.IsCancellationRequested && !asked)
            {
                asked = true;
                Send("interrupt_request", [], control: true);
            }
            if (next is null)
            {
                if (!Process.HasExited) continue;
                throw new KernelEndedException($"the kernel's process ended with {Process.ExitCode}. {string.Join("\n", Notes)}".TrimEnd());
            }
            if (!IsFor(next, id)) continue;
            if (next.Socket is "shell" or "control") reply = next.Message.Content;
            else if (next.Message.Type == "status") idle |= next.Message.Text("execution_state") == "idle";
            else published(next.Message);
        }
        lock (_received) _received.Clear();
        return reply;
    }

    /// <summary>Waits for something published on the way to an answer.</summary>
    public Received Published(string id, Func<Message, bool> wanted) => Wait(r => r.Socket == "iopub" && IsFor(r, id) && wanted(r.Message), TimeSpan.FromSeconds(20));

    /// <summary>True if the heartbeat comes back.</summary>
    public bool Beats()
    {
        var text = Guid.NewGuid().ToString();
        var frames = new NetMQMessage();
        frames.Append(text);
        _outgoing.Enqueue((_heartbeat, frames));
        return Find(r => r.Socket == "heartbeat" && r.Message.Text("text") == text, TimeSpan.FromSeconds(2)) is not null;
    }

    /// <summary>Asks the kernel to end, as a front end does before it starts another in its place.</summary>
    public Message ShutDown(bool restart)
    {
        var id = Send("shutdown_request", new() { ["restart"] = restart }, control: true);
        return Wait(r => r.Socket == "control" && IsFor(r, id), TimeSpan.FromSeconds(5)).Message;
    }

    /// <summary>Interrupts as a terminal would.</summary>
    public void Signal() => _ = kill(Process.Id, 2);

    [DllImport("libc", ExactSpelling = true)]
    private static extern int kill(int process, int signal);

    private static bool IsFor(Received r, string id) => (string?)r.Message.Parent["msg_id"] == id;

    private void Add(Received received)
    {
        lock (_received)
        {
            _received.Add(received);
            Monitor.PulseAll(_received);
        }
    }

    private Received Wait(Func<Received, bool> wanted, TimeSpan patience) => Find(wanted, patience)
        ?? throw new TimeoutException($"The kernel did not answer in {patience.TotalSeconds:0} s{(Process.HasExited ? $"; its process ended with {Process.ExitCode}" : "")}. {string.Join("\n", Notes)}");

    private Received? Find(Func<Received, bool> wanted, TimeSpan patience)
    {
        var end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_received)
        {
            for (var seen = 0; ;)
            {
                for (; seen < _received.Count; seen++)
                    if (wanted(_received[seen])) return _received[seen];
                var left = end - Environment.TickCount64;
                if (left <= 0 || Process.HasExited && left < patience.TotalMilliseconds - 3000) return null;
                Monitor.Wait(_received, (int)Math.Min(left, 200));
            }
        }
    }

    // Below the ports that systems hand out by themselves: one of those, free now, may be given to another of this process's sockets before the kernel binds it.
    private static int[] FreePorts(int count)
    {
        var listeners = new List<TcpListener>();
        while (listeners.Count < count)
        {
            var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(12_000, 32_000));
            try
            {
                listener.Start();
                listeners.Add(listener);
            }
            catch (SocketException)
            {
                listener.Dispose();         // taken
            }
        }
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        Process.WaitForExit();
        Process.Dispose();
        try
        {
            _poller.Dispose();
            foreach (var socket in new NetMQSocket[] { _shell, _control, _ioPub, _heartbeat }) socket.Dispose();
            _outgoing.Dispose();
        }
        catch (SocketException)
        {
            // Where the library's own signals broke, its thread is gone already; what the caller was doing has the error that counts.
        }
        File.Delete(_file);
    }
}

/// <summary>A kernel's process ended while a cell ran.</summary>
internal sealed class KernelEndedException(string message) : Exception(message);
