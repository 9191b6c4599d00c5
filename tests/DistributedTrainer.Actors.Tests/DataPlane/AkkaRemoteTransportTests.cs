using Akka.Actor;

namespace DistributedTrainer.Actors.Tests;

public class AkkaRemoteTransportTests(AkkaRemotePair pair) : TransportContract(pair), IClassFixture<AkkaRemotePair>
{
    private readonly AkkaRemotePair _pair = pair;

    [Fact]
    public async Task A_repeated_chunk_is_acknowledged_and_not_delivered_again()
    {
        var sink = _pair.ReceiveOnTheRight("repeat");
        var chunk = Chunk("repeat", 0, [1], 4, 0);
        for (var time = 0; time < 3; time++)
            Assert.Equal(new ChunkAcknowledged(_pair.RightAddress, 0), await SendChunk(chunk));
        await sink.Next();
        Assert.False(sink.HasMore);
    }

    [Fact]
    public async Task A_chunk_that_comes_too_early_waits_for_its_repetition()
    {
        var sink = _pair.ReceiveOnTheRight("gap");
        Assert.Equal(-1, (await SendChunk(Chunk("gap", 1, [5], 4, 0))).Sequence);
        Assert.False(sink.HasMore);
        Assert.Equal(0, (await SendChunk(Chunk("gap", 0, [1], 4, 0))).Sequence);
        Assert.Equal(1, (await SendChunk(Chunk("gap", 1, [5], 4, 0))).Sequence);
        await sink.Brings(1);
        await sink.Brings(5);
    }

    [Theory]
    [InlineData(-1, 0, DropReason.Malformed)]
    [InlineData(int.MaxValue, 0, DropReason.Oversized)]
    [InlineData(8, 2, DropReason.Malformed)]
    [InlineData(3, 0, DropReason.Malformed)]
    [InlineData(4, -4, DropReason.Malformed)]
    [InlineData(8, int.MaxValue, DropReason.Malformed)]
    public async Task A_malformed_frame_is_dropped_and_counted_and_the_next_one_arrives(int frameLength, int offset, DropReason reason)
    {
        var job = $"malformed {frameLength} {offset}";
        var dropped = _pair.Right.Counters.Dropped(reason);
        var sink = _pair.ReceiveOnTheRight(job);
        await SendChunk(Chunk(job, 0, [9], frameLength, offset));
        await SendChunk(Chunk(job, 1, [1], 4, 0));
        await sink.Brings(1);
        Assert.False(sink.HasMore);
        Assert.Equal(dropped + 1, _pair.Right.Counters.Dropped(reason));
    }

    /// <summary>Sends a chunk from the left past its link, as a repeating or broken link would, and awaits the answer.</summary>
    private Task<ChunkAcknowledged> SendChunk(TensorChunk chunk) => _pair.LeftSystem
        .ActorSelection($"akka.tcp://{NodeSystem.Name}@{_pair.RightAddress}/user/{TensorReceiverActor.Name}")
        .Ask<ChunkAcknowledged>(chunk, Wait.Bound);

    /// <summary>A chunk of a link of its own, one a job.</summary>
    private static TensorChunk Chunk(string job, long sequence, float[] values, int frameLength, int offset) => new(
        $"stranger {job}", job, sequence, new FrameHeader { Kind = FrameKind.Push, Step = sequence }, frameLength, offset,
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
