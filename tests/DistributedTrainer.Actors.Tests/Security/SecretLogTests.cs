using Akka.Event;

namespace DistributedTrainer.Actors.Tests;

/// <summary>The key that lets others connect to a node's data plane travels in a text: wherever Akka logs that text, the key is left out.</summary>
public class SecretLogTests
{
    private static readonly DataPlaneAdvert Advert = new(2, "sockets", "node-1:4053", 7, "machine", "/tmp/socket", "node-1", 4054, "00112233445566778899aabbccddeeff");

    [Theory, InlineData(true), InlineData(false)]
    public void An_undelivered_advert_is_logged_without_its_key(bool asks)
    {
        var text = asks ? Advert.Ask() : Advert.Answer();
        var line = StandardErrorLogger.Line(new Info("/user/tensors", typeof(DeadLetterListener), $"Message [String] to nobody was not delivered. Message content: {text}"));
        Assert.Contains("dtrain-data-plane", line);
        Assert.Contains("4054", line);
        Assert.DoesNotContain(Advert.Key, line);
    }

    [Fact]
    public void So_it_is_in_an_error_that_carries_it()
    {
        var line = StandardErrorLogger.Line(new Error(new InvalidOperationException($"cannot take {Advert.Ask()}"), "/user/tensors", typeof(SocketPlaneActor), Advert));
        Assert.DoesNotContain(Advert.Key, line);
    }

    [Fact]
    public void The_record_does_not_print_it() => Assert.DoesNotContain(Advert.Key, $"{Advert}");
}
