using System.Diagnostics;
using System.Text;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Whoever connects without having been told how is shown out, whatever it says or does not say.</summary>
public class StrangerTests
{
    public static TheoryData<string> FirstWords =>
    [
        "GET / HTTP/1.1\r\nHost: here\r\n\r\n",
        "\u0010\0dtrain-tensors\n1",
        "\0\0",
        "\uFFFF\uFFFF\uFFFF\uFFFF",
        new string('x', 5000),
    ];

    [Theory, MemberData(nameof(FirstWords))]
    public async Task A_stranger_is_refused_and_counted(string firstWords)
    {
        await using var node = new SocketNode();
        using (var stranger = FakePeer.CallWith(node.Transport, Encoding.UTF8.GetBytes(firstWords)))
            Assert.True(stranger.IsClosedByTheOther());
        Assert.Equal(1, node.Transport.Counters.ConnectionsRefused);
        await StillWorks(node);
    }

    [Theory, InlineData("key"), InlineData("uid"), InlineData("version"), InlineData("node")]
    public async Task A_hello_that_is_wrong_in_one_thing_is_refused(string what)
    {
        await using var node = new SocketNode();
        var advert = node.Transport.Advert;
        var caller = DataPlaneAdvert.OfAkkaRemote("127.0.0.1:1");
        var hello = what switch
        {
            "key" => Handshake.Hello(caller, advert with { Key = new string('0', advert.Key.Length) }),
            "uid" => Handshake.Hello(caller, advert with { Uid = advert.Uid + 1 }),
            "version" => Handshake.Hello(caller with { Version = 99 }, advert),
            _ => Handshake.Hello(caller with { Node = advert.Node }, advert),
        };
        var bytes = Encoding.UTF8.GetBytes(hello);
        using (var stranger = FakePeer.CallWith(node.Transport, [(byte)bytes.Length, 0, .. bytes]))
            Assert.True(stranger.IsClosedByTheOther());
        Assert.Equal(1, node.Transport.Counters.ConnectionsRefused);
        await StillWorks(node);
    }

    [Fact]
    public async Task Whoever_says_nothing_is_closed_in_time_and_so_many_are_kept_at_most()
    {
        await using var node = new SocketNode("strangers = 4, handshake-within = 300ms");
        var started = Stopwatch.GetTimestamp();
        var strangers = Enumerable.Range(0, 12).Select(_ => FakePeer.CallWith(node.Transport, [])).ToList();
        Assert.All(strangers, stranger => Assert.True(stranger.IsClosedByTheOther()));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
        Assert.Equal(12, node.Transport.Counters.ConnectionsRefused);
        strangers.ForEach(stranger => stranger.Dispose());
        await StillWorks(node);
    }

    private static async Task StillWorks(SocketNode node)
    {
        var sink = node.Receive("job");
        using var peer = FakePeer.Call(node.Transport);
        peer.SendFrame("job", new FrameHeader { Kind = FrameKind.Push }, 5);
        await sink.Brings(5);
    }
}
