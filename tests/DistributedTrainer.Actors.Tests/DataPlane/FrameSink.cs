using System.Threading.Channels;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Takes a job's frames and hands them to the test.</summary>
internal sealed class FrameSink : IFrameReceiver
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly Channel<FrameArrived> _frames = Channel.CreateUnbounded<FrameArrived>();

    /// <summary>Whether a frame is there already.</summary>
    public bool HasMore => _frames.Reader.TryPeek(out _);

    /// <summary>The next frame's header and payload; its buffer is released.</summary>
    public async Task<(FrameHeader Header, byte[] Payload)> Next()
    {
        var frame = await _frames.Reader.ReadAsync().AsTask().WaitAsync(Bound);
        var payload = frame.Payload.Bytes.ToArray();
        frame.Payload.Release();
        return (frame.Header, payload);
    }

    public TensorSlice Place(in FrameHeader header, int length) => default;

    public void Deliver(FrameArrived frame) => _frames.Writer.TryWrite(frame);

    public void Fail(LinkFailed failure)
    {
    }
}
