namespace DistributedTrainer.Actors.Tests;

public class OutgoingQueueTests
{
    private readonly BufferPool _pool = new();
    private readonly TransportCounters _counters = new();

    [Fact]
    public void First_in_first_out_and_bytes_are_counted()
    {
        var queue = new OutgoingQueue(_counters);
        for (var step = 0; step < 100; step++)
            queue.Add(Frame(FrameKind.Push, step, 0));
        Assert.Equal(100 * (RecordHead.Size + 40), queue.Bytes);
        Assert.Equal(queue.Bytes, _counters.BytesQueued);
        for (var step = 0; step < 100; step++)
            Assert.Equal(step, Take(queue).Step);
        Assert.Equal((0, 0L, 0L), (queue.Count, queue.Bytes, _counters.BytesQueued));
    }

    [Fact]
    public void A_newer_version_of_a_piece_takes_the_place_of_an_older_one_and_of_nothing_else()
    {
        var queue = new OutgoingQueue(_counters);
        queue.Add(Frame(FrameKind.Publish, 1, 0));
        queue.Add(Frame(FrameKind.Publish, 1, 1));
        queue.Add(Frame(FrameKind.Push, 1, 0));
        queue.Add(Frame(FrameKind.Publish, 2, 0));
        queue.Add(Frame(FrameKind.Publish, 2, 0, job: 5));
        queue.Add(Frame(FrameKind.Publish, 2, 0, range: 9));
        queue.Add(Frame(FrameKind.Publish, 1, 0)); // an older one replaces nothing
        var left = new List<(FrameKind, long, int)>();
        while (queue.Count > 0)
        {
            var header = Take(queue);
            left.Add((header.Kind, header.Step, header.Piece));
        }

        Assert.Equal(
            [
                (FrameKind.Publish, 1, 1), (FrameKind.Push, 1, 0), (FrameKind.Publish, 2, 0), (FrameKind.Publish, 2, 0), (FrameKind.Publish, 2, 0),
                (FrameKind.Publish, 1, 0),
            ],
            left);
        Assert.Equal(0, _counters.BytesQueued);
    }

    [Fact]
    public void Replaced_and_cleared_frames_give_their_buffers_back()
    {
        var queue = new OutgoingQueue(_counters);
        var first = Frame(FrameKind.Publish, 1, 0);
        queue.Add(first);
        queue.Add(Frame(FrameKind.Publish, 2, 0));
        Assert.Throws<InvalidOperationException>(first.Payload.Release);
        queue.Clear();
        Assert.Equal((0, 0L, 0L), (queue.Count, queue.Bytes, _counters.BytesQueued));
    }

    private static FrameHeader Take(OutgoingQueue queue)
    {
        var frame = queue.Take();
        frame.Payload.Release();
        return frame.Header;
    }

    private OutgoingFrame Frame(FrameKind kind, long step, int piece, ulong job = 1, int range = 0) =>
        new(job, new FrameHeader { Kind = kind, Step = step, Piece = piece, Range = range }, new TensorSlice(_pool.Rent(10), 0, 10), 0);
}
