using System.Diagnostics;
using Akka.Actor;

namespace DistributedTrainer.Actors.Tests;

/// <summary>How a link ends, and what it costs others.</summary>
public class SocketLinkTests
{
    private const string Job = "job";
    private static readonly FrameHeader Push = new() { Kind = FrameKind.Push };
    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_closed_connection_is_reported_at_once()
    {
        await using var node = new SocketNode();
        var sink = node.Receive(Job);
        var published = new TaskCompletionSource<LinkFailed>();
        node.System.EventStream.Subscribe(node.System.ActorOf(Props.Create(() => new Listener(published))), typeof(LinkFailed));
        var peer = FakePeer.Call(node.Transport);
        peer.SendFrame(Job, Push, 1);
        await sink.Next();
        var started = Stopwatch.GetTimestamp();
        peer.Dispose();
        Assert.Equal(peer.Node, (await sink.NextFailure()).Node);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Prompt);
        Assert.Contains(peer.Node, (await published.Task.WaitAsync(Wait.Bound)).Reason);
    }

    [Fact]
    public async Task A_silent_node_is_noticed_after_a_second_and_a_quiet_one_is_not()
    {
        await using var node = new SocketNode();
        var sink = node.Receive(Job);
        using var quiet = FakePeer.Call(node.Transport, "127.0.0.1:2");
        using var silent = FakePeer.Call(node.Transport);
        using var stop = new CancellationTokenSource();
        var alive = KeepAlive(quiet, stop.Token);
        var started = Stopwatch.GetTimestamp();
        var failure = await sink.NextFailure();
        var noticed = Stopwatch.GetElapsedTime(started);
        Assert.Equal(silent.Node, failure.Node);
        Assert.Contains("silent", failure.Reason);
        Assert.InRange(noticed, TimeSpan.FromMilliseconds(900), TimeSpan.FromMilliseconds(1900));
        Assert.True(silent.IsClosedByTheOther());
        quiet.SendFrame(Job, Push, 2);
        await sink.Brings(2);
        Assert.False(sink.HasFailed);
        stop.Cancel();
        await alive;
    }

    [Fact]
    public async Task A_node_that_says_goodbye_has_not_failed()
    {
        await using var node = new SocketNode();
        var sink = node.Receive(Job);
        using (var peer = FakePeer.Call(node.Transport))
        {
            peer.SendFrame(Job, Push, 1);
            peer.SendRecord(RecordType.Goodbye);
            await sink.Next();
            Assert.True(peer.IsClosedByTheOther());
        }

        Assert.False(sink.HasFailed);
        Assert.True(node.Transport.IsFlushed);
    }

    [Fact]
    public async Task A_system_that_ends_says_goodbye_and_leaves_nothing_in_the_temporary_folder()
    {
        var pair = new TransportPair(UnixSocketPair.Hocon, UnixSocketPair.Hocon);
        var sink = pair.ReceiveOnTheRight(Job);
        pair.SendToTheRight(Job, Push, [1]);
        await sink.Next();
        var path = ((SocketTransport)pair.Left).Advert.UnixPath;
        Assert.True(File.Exists(path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        await pair.StopLeft();
        await Wait.Until(() => pair.Right.IsFlushed, "the link to close");
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
        await pair.DisposeAsync();
        Assert.False(sink.HasFailed);
    }

    [Fact]
    public async Task A_node_that_does_not_read_costs_one_version_and_delays_nobody()
    {
        await using var node = new SocketNode();
        var sink = node.Receive(Job);
        using var stuck = FakePeer.Call(node.Transport, receiveBuffer: 1 << 16);
        using var reading = FakePeer.Call(node.Transport, "127.0.0.1:2");
        using var stop = new CancellationTokenSource();
        var alive = Task.WhenAll(KeepAlive(stuck, stop.Token), KeepAlive(reading, stop.Token));
        var values = new float[1 << 18];
        const int versions = 40;
        for (var version = 0; version < versions; version++)
        {
            foreach (var piece in (int[])[0, 1])
            {
                values[0] = version;
                var header = new FrameHeader { Kind = FrameKind.Publish, Piece = piece, Step = version };
                node.Send(stuck.Node, Job, header, values);
                node.Send(reading.Node, Job, header, values);
                var (arrived, got) = reading.ReceiveFrame();
                Assert.Equal((version, piece, version), (arrived.Step, arrived.Piece, got[0]));
            }
        }

        // What is being sent, and the newest of each piece.
        Assert.InRange(node.Transport.Counters.BytesQueued, 1 << 20, (2 << 20) + 1024);
        var newest = new Dictionary<int, long>();
        while (newest.Count < 2 || newest.Values.Any(version => version < versions - 1))
        {
            var (header, got) = stuck.ReceiveFrame();
            Assert.True(header.Step > newest.GetValueOrDefault(header.Piece, -1), "an older version after a newer one");
            Assert.Equal(header.Step, got[0]);
            newest[header.Piece] = header.Step;
        }

        Assert.Equal(0, node.Transport.Counters.BytesQueued);
        Assert.False(sink.HasFailed);
        stop.Cancel();
        await alive;
    }

    [Fact]
    public async Task More_waiting_than_allowed_ends_that_link_and_no_other()
    {
        await using var node = new SocketNode("queue-limit = 4 MiB");
        var sink = node.Receive(Job);
        using var stuck = FakePeer.Call(node.Transport, receiveBuffer: 1 << 16);
        using var reading = FakePeer.Call(node.Transport, "127.0.0.1:2");
        using var stop = new CancellationTokenSource();
        var alive = Task.WhenAll(KeepAlive(stuck, stop.Token), KeepAlive(reading, stop.Token));
        for (var frame = 0; !sink.HasFailed; frame++)
        {
            Assert.InRange(frame, 0, 100);
            node.Send(stuck.Node, Job, Push with { Step = frame }, new float[1 << 18]);
            Assert.InRange(node.Transport.Counters.BytesQueued, 0, (5 << 20) + 1024);
        }

        var failure = await sink.NextFailure();
        Assert.Equal(stuck.Node, failure.Node);
        Assert.Contains("queue-limit", failure.Reason);
        Assert.Equal(0, node.Transport.Counters.BytesQueued);
        node.Send(reading.Node, Job, Push, 7);
        Assert.Equal([7], reading.ReceiveFrame().Values);
        Assert.False(sink.HasFailed);
        stop.Cancel();
        await alive;
    }

    [Fact]
    public async Task All_has_arrived_only_when_the_other_side_says_so()
    {
        await using var node = new SocketNode();
        node.Receive(Job);
        using var peer = FakePeer.Call(node.Transport);
        node.Send(peer.Node, Job, Push, 1);
        node.Send(peer.Node, Job, Push, 2);
        peer.ReceiveFrame();
        peer.ReceiveFrame();
        peer.SendRecord(RecordType.KeepAlive, acknowledged: 1);
        peer.Send(Records.Record(new RecordHead(RecordType.Frame, 0, 0, 1, 0, default, Push), []));
        await Wait.Until(() => node.Transport.Counters.Dropped(DropReason.UnknownJob) == 1, "the records to be read");
        Assert.False(node.Transport.IsFlushed);
        peer.Send(Records.Record(new RecordHead(RecordType.Frame, 0, 0, 2, 0, default, Push), [])); // on the back of a frame
        await Wait.Until(() => node.Transport.IsFlushed, "the acknowledgement");
    }

    [Fact]
    public async Task A_node_that_has_restarted_is_another_link()
    {
        await using var node = new SocketNode();
        var sink = node.Receive(Job);
        using var before = FakePeer.Call(node.Transport, uid: 1);
        before.SendFrame(Job, Push, 1);
        await sink.Next();
        using var after = FakePeer.Call(node.Transport, uid: 2);
        Assert.Equal(after.Node, (await sink.NextFailure()).Node);
        Assert.True(before.IsClosedByTheOther());
        node.Send(after.Node, Job, Push, 3);
        Assert.Equal([3], after.ReceiveFrame().Values);
        after.SendFrame(Job, Push, 4);
        await sink.Brings(4);

        // The end of the process before is no news of this one.
        node.Transport.Retire(after.Node, uid: 1);
        node.Send(after.Node, Job, Push, 5);
        Assert.Equal([5], after.ReceiveFrame().Values);
        node.Transport.Retire(after.Node, uid: 2);
        Assert.True(after.IsClosedByTheOther());
        Assert.False(sink.HasFailed);
    }

    [Fact]
    public async Task A_node_that_nobody_answers_for_has_failed_within_the_bound()
    {
        await using var node = new SocketNode("connect-within = 700ms");
        var sink = node.Receive(Job);
        node.Send("127.0.0.1:9", Job, Push, 1);
        var failure = await sink.NextFailure();
        Assert.Equal("127.0.0.1:9", failure.Node);
        Assert.Contains("0.7 s", failure.Reason);
        Assert.Equal(0, node.Transport.Counters.BytesQueued);
        Assert.True(node.Transport.IsFlushed);
    }

    [Fact]
    public async Task A_failed_link_is_followed_by_a_new_one()
    {
        var pair = new TransportPair(UnixSocketPair.Hocon, TcpPair.Hocon);
        var sink = pair.ReceiveOnTheRight(Job);
        for (var round = 0; round < 3; round++)
        {
            pair.SendToTheRight(Job, Push, [round]);
            await sink.Brings(round);
            ((SocketTransport)pair.Left).Fail(pair.RightAddress, "for a test");
            Assert.Equal(pair.LeftAddress, (await sink.NextFailure()).Node);
        }

        await pair.DisposeAsync();
    }

    private static async Task KeepAlive(FakePeer peer, CancellationToken stop)
    {
        try
        {
            for (; !stop.IsCancellationRequested; await Task.Delay(100, stop))
                peer.SendRecord(RecordType.KeepAlive);
        }
        catch (Exception error) when (error is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // Over.
        }
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource<LinkFailed> heard) => Receive<LinkFailed>(failure => heard.TrySetResult(failure));
    }
}
