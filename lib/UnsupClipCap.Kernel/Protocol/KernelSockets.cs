using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;

namespace UnsupClipCap.Kernel;

/// <summary>Which of the request sockets a message came by.</summary>
internal enum Channel { Shell, Control, Stdin }

/// <summary>
/// The kernel's five sockets, all served by one thread that never waits for a cell: requests are handed on as they come, heartbeats answered,
/// and what other threads send goes out in the order in which they sent it.
/// </summary>
internal sealed class KernelSockets : IDisposable
{
    private readonly Wire _wire;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly RouterSocket _shell = new(), _control = new(), _stdin = new();
    private readonly PublisherSocket _ioPub = new();
    private readonly RouterSocket _heartbeat = new();
    private readonly NetMQQueue<(NetMQSocket Socket, NetMQMessage Frames)> _outgoing = new();
    private readonly NetMQPoller _poller;

    /// <summary>Binds all.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="received">Called by the sockets' thread for each whole message.</param>
    public KernelSockets(ConnectionFile connection, Action<Channel, Message> received)
    {
        _wire = new Wire(connection.Key);
        foreach (var (socket, port) in new (NetMQSocket, int)[] { (_shell, connection.Shell), (_control, connection.Control), (_stdin, connection.Stdin), (_ioPub, connection.IoPub), (_heartbeat, connection.Heartbeat) })
        {
            (socket.Options.SendHighWatermark, socket.Options.ReceiveHighWatermark, socket.Options.Linger) = (0, 0, TimeSpan.FromSeconds(1));
            try
            {
                socket.Bind(connection.Address(port));
            }
            catch (NetMQException e)
            {
                throw new UserException($"{connection.Address(port)} cannot be listened on: {e.Message}. Another program may hold the port; start the kernel again.", e);
            }
        }
        Listen(_shell, Channel.Shell);
        Listen(_control, Channel.Control);
        Listen(_stdin, Channel.Stdin);
        _heartbeat.ReceiveReady += (_, e) => _heartbeat.SendMultipartMessage(e.Socket.ReceiveMultipartMessage());
        _outgoing.ReceiveReady += (_, e) =>
        {
            while (e.Queue.TryDequeue(out var item, TimeSpan.Zero)) item.Socket.SendMultipartMessage(item.Frames);
        };
        _poller = new() { _shell, _control, _stdin, _heartbeat, _outgoing };

        void Listen(RouterSocket socket, Channel channel) => socket.ReceiveReady += (_, e) =>
        {
            var frames = e.Socket.ReceiveMultipartMessage();
            try
            {
                received(channel, _wire.FromFrames(frames));
            }
            catch (InvalidDataException bad)
            {
                Note($"{channel.ToString().ToLowerInvariant()}: {bad.Message}; it is dropped.");
            }
        };
    }

    /// <summary>Begins to serve, in a thread of its own.</summary>
    public void Start() => _poller.RunAsync("kernel sockets");

    /// <summary>Answers a request by the socket that it came by.</summary>
    public void Reply(Channel channel, Message request, string type, JsonObject content) =>
        Send(channel switch { Channel.Shell => _shell, Channel.Control => _control, _ => _stdin }, Message.Of(type, content, request.Header, _session) with { Identities = request.Identities });

    /// <summary>Tells all front ends.</summary>
    public void Publish(string type, JsonObject content, JsonObject? parent, JsonObject? metadata = null) =>
        Send(_ioPub, Message.Of(type, content, parent, _session) with { Identities = [System.Text.Encoding.ASCII.GetBytes(type)], Metadata = metadata ?? [] });

    private void Send(NetMQSocket socket, Message message)
    {
        try
        {
            _outgoing.Enqueue((socket, _wire.ToFrames(message)));
        }
        catch (ObjectDisposedException)
        {
            // The kernel is ending; nobody listens any more.
        }
    }

    /// <summary>A word to whoever started the process.</summary>
    public static void Note(string text) => OriginalError.WriteLine($"kernel: {text}");

    /// <summary>The process's own standard error, whatever cells have the console set to.</summary>
    private static readonly TextWriter OriginalError = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });

    public void Dispose()
    {
        Thread.Sleep(50);                   // what was sent last is handed to the sockets
        _poller.Dispose();
        foreach (var socket in new NetMQSocket[] { _shell, _control, _stdin, _ioPub, _heartbeat }) socket.Dispose();
        _outgoing.Dispose();
        NetMQConfig.Cleanup(block: true);
    }
}
