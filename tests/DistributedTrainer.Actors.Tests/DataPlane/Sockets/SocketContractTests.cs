namespace DistributedTrainer.Actors.Tests;

public class UnixSocketTransportTests(UnixSocketPair pair) : TransportContract(pair), IClassFixture<UnixSocketPair>
{
    private readonly UnixSocketPair _pair = pair;

    [Fact]
    public async Task Steady_traffic_allocates_little_more_than_the_news_of_each_frame()
    {
        var counter = new Counter();
        _pair.Right.Register("steady", counter);
        var buffer = _pair.LeftPlane.Pool.Rent(100_000);
        async Task Send(int frames)
        {
            var until = counter.Frames + frames;
            for (var frame = 0; frame < frames; frame++)
                _pair.Left.Send(_pair.RightAddress, "steady", new FrameHeader { Kind = FrameKind.Push }, new TensorSlice(buffer, 0, frame % 50 == 0 ? 100_000 : 1000));
            await Wait.Until(() => counter.Frames == until, "the frames");
        }

        await Send(500);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Send(2000);
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / 2000, 0, 512);
        buffer.Release();
    }

    private sealed class Counter : IFrameReceiver
    {
        private int _frames;

        public int Frames => Volatile.Read(ref _frames);

        public TensorSlice Place(in FrameHeader header, int length) => default;

        public void Deliver(FrameArrived frame)
        {
            frame.Payload.Release();
            Interlocked.Increment(ref _frames);
        }

        public void Fail(LinkFailed failure)
        {
        }
    }
}

public class TcpTransportTests(TcpPair pair) : TransportContract(pair), IClassFixture<TcpPair>;
