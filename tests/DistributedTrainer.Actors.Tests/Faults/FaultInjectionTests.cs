using System.Diagnostics;
using Akka.Actor;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Without faults a node that faults can be injected into is like any other.</summary>
public class FaultyTransportTests(FaultyPair pair) : TransportContract(pair), IClassFixture<FaultyPair>;

/// <summary>What is done to a node's network and speed has its effect in both planes, and ends.</summary>
public sealed class FaultInjectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(150);
    private readonly FaultyPair _pair = new();

    public Task InitializeAsync() => _pair.InitializeAsync();

    public Task DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task A_short_cut_holds_frames_back_and_loses_none()
    {
        var sink = await Connected();
        var begun = Stopwatch.GetTimestamp();
        _pair.Cut(true);
        for (var step = 0; step < 10; step++)
            _pair.SendToTheRight("job", new FrameHeader { Kind = FrameKind.Push, Step = step }, [step]);
        _ = Task.Delay(Late).ContinueWith(_ => _pair.Cut(false), TaskScheduler.Default);
        for (var step = 0; step < 10; step++)
            await sink.Brings(step);
        Assert.True(Stopwatch.GetElapsedTime(begun) >= Late);
        Assert.False(sink.HasFailed);
    }

    [Fact]
    public async Task A_long_cut_is_noticed_by_silence_on_both_sides_and_heals()
    {
        var right = await Connected();
        var left = _pair.ReceiveOnTheLeft("job");
        _pair.Cut(true);
        Assert.Contains("silent", (await right.NextFailure()).Reason, StringComparison.Ordinal);
        Assert.Contains("silent", (await left.NextFailure()).Reason, StringComparison.Ordinal);
        _pair.Cut(false);
        _pair.SendToTheRight("job", new FrameHeader { Kind = FrameKind.Push }, [7]);
        await right.Brings(7);
    }

    [Fact]
    public async Task A_delayed_frame_arrives_later_and_in_order()
    {
        var sink = await Connected();
        _pair.Delay(Late);
        var begun = Stopwatch.GetTimestamp();
        for (var step = 0; step < 20; step++)
            _pair.SendToTheRight("job", new FrameHeader { Kind = FrameKind.Push, Step = step }, [step]);
        for (var step = 0; step < 20; step++)
            await sink.Brings(step);
        // All are on the line at once: a delay is no narrow pipe.
        Assert.InRange(Stopwatch.GetElapsedTime(begun), Late, Late * 10);
    }

    [Fact]
    public async Task Control_messages_are_lost_in_a_cut_and_late_on_a_long_line()
    {
        _pair.RightSystem.ActorOf(Props.Create(() => new Echo()), "echo");
        var echo = _pair.LeftSystem.ActorSelection($"akka.tcp://{NodeSystem.Name}@{_pair.RightAddress}/user/echo");
        Assert.Equal("a", await echo.Ask<string>("a", Wait.Bound));

        _pair.Delay(Late);
        var begun = Stopwatch.GetTimestamp();
        Assert.Equal("b", await echo.Ask<string>("b", Wait.Bound));
        Assert.True(Stopwatch.GetElapsedTime(begun) >= Late * 2);

        _pair.Cut(true);
        await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<string>("c", Late));
        _pair.Cut(false);
        await Wait.Until(async () => await Answers("d"), "an answer after the cut");

        async Task<bool> Answers(string text)
        {
            try
            {
                return await echo.Ask<string>(text, TimeSpan.FromSeconds(1)) == text;
            }
            catch (AskTimeoutException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void A_slow_node_waits_before_a_pass_in_proportion_to_the_last_one()
    {
        var faults = FaultInjection.Find(_pair.LeftSystem)!;
        var slowness = new Slowness(faults);
        Pass(slowness, TimeSpan.FromMilliseconds(30));
        var undisturbed = Stopwatch.GetTimestamp();
        slowness.Begin();
        Assert.True(Stopwatch.GetElapsedTime(undisturbed) < TimeSpan.FromMilliseconds(30));
        SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(30));
        slowness.End();
        faults.Set([], new Dictionary<string, TimeSpan>(), 4);
        var begun = Stopwatch.GetTimestamp();
        slowness.Begin();
        Assert.True(Stopwatch.GetElapsedTime(begun) >= TimeSpan.FromMilliseconds(90));
    }

    [Fact]
    public async Task A_node_has_no_faults_unless_it_is_told_to()
    {
        await using var node = new SocketNode();
        Assert.Null(FaultInjection.Find(node.System));
    }

    private async Task<FrameSink> Connected()
    {
        var sink = _pair.ReceiveOnTheRight("job");
        _pair.SendToTheRight("job", new FrameHeader { Kind = FrameKind.Push }, [1]);
        await sink.Brings(1);
        return sink;
    }

    private static void Pass(Slowness slowness, TimeSpan time)
    {
        slowness.Begin();
        SpinWait.SpinUntil(() => false, time);
        slowness.End();
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }
}
