using Akka.Configuration;

namespace DistributedTrainer.Actors.Tests;

public class DataPlaneSettingsTests
{
    [Fact]
    public void The_shipped_configuration_is_allowed()
    {
        var settings = Read("");
        Assert.Equal(DataPlaneSettings.Sockets, settings.Transport);
        Assert.Equal((0, 0), settings.Ports);
        Assert.True(settings.UnixSockets);
        Assert.Equal((200, 1000), (settings.KeepAlive.TotalMilliseconds, settings.SilentAfter.TotalMilliseconds));
        Assert.Equal(1L << 30, settings.QueueLimit);
    }

    [Theory, InlineData("4054", 4054, 4054), InlineData("4054-4060", 4054, 4060), InlineData("0", 0, 0)]
    public void A_port_or_a_range_of_them(string text, int first, int last) => Assert.Equal((first, last), Read($"port = \"{text}\"").Ports);

    [Theory]
    [InlineData("transport", "socket", "akka-remote")]
    [InlineData("port", "70000", "4054-4060")]
    [InlineData("port", "5000-4000", "4054-4060")]
    [InlineData("port", "-1", "4054-4060")]
    [InlineData("unix-sockets", "perhaps", "off")]
    [InlineData("queue-limit", "much", "MiB")]
    [InlineData("queue-limit", "1", "1048576")]
    [InlineData("frame-limit", "4 GiB", "1073741824")]
    [InlineData("unix-socket-buffer", "-5", "MiB")]
    [InlineData("keep-alive", "soon", "10ms")]
    [InlineData("keep-alive", "infinite", "10ms")]
    [InlineData("silent-after", "300ms", "keep-alive")]
    [InlineData("connect-within", "0s", "100ms")]
    [InlineData("handshake-within", "1h", "60s")]
    [InlineData("strangers", "0", "10000")]
    public async Task A_wrong_value_is_the_users_mistake_and_named(string key, string value, string allowed)
    {
        var error = Assert.Throws<NodeStartException>(() => Read($"{key} = \"{value}\""));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains($"dtrain.data-plane.{key}", error.Message);
        Assert.Contains(value, error.Message);
        Assert.Contains(allowed, error.Message);
        if (key == "transport")
        {
            var start = await Assert.ThrowsAsync<NodeStartException>(() => ClusterNode.StartAsync(new NodeOptions { Hocon = $"dtrain.data-plane.{key} = \"{value}\"" }));
            Assert.Equal((2, error.Message), (start.ExitCode, start.Message));
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_and_a_range_goes_on_to_the_next()
    {
        await using var first = new SocketNode();
        var taken = first.Transport.Advert.Port;
        var error = Assert.ThrowsAny<Exception>(() => new SocketNode($"port = {taken}"));
        while (error is not NodeStartException && error.InnerException is { } inner)
            error = inner;
        Assert.Equal(3, Assert.IsType<NodeStartException>(error).ExitCode);
        Assert.Contains($"port {taken}", error.Message);
        await using var second = new SocketNode($"port = \"{taken}-{Math.Min(65535, taken + 50)}\"");
        Assert.InRange(second.Transport.Advert.Port, taken + 1, taken + 50);
    }

    private static DataPlaneSettings Read(string block) =>
        DataPlaneSettings.Read(ConfigurationFactory.ParseString($"dtrain.data-plane {{ {block} }}").WithFallback(NodeSystem.Shipped("node.conf")));
}
