using System.Threading.Channels;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Takes a job's frames and hands them to the test.</summary>
internal sealed class FrameSink : IFrameReceiver
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly Channel<(FrameHeader Header, float[] Values)> _frames = Channel.CreateUnbounded<(FrameHeader, float[])>();
    private readonly Channel<LinkFailed> _failures = Channel.CreateUnbounded<LinkFailed>();

    /// <summary>Whether a frame is there already.</summary>
    public bool HasMore => _frames.Reader.TryPeek(out _);

    public bool HasFailed => _failures.Reader.TryPeek(out _);

    /// <summary>Where payloads belong; none by default.</summary>
    public Func<FrameHeader, int, TensorSlice> PlaceOf { get; init; } = (_, _) => default;

    public Func<FrameHeader, bool> Wants { get; init; } = _ => true;

    /// <summary>Sees each payload before its buffer is released.</summary>
    public Action<TensorSlice> Look { get; init; } = _ => { };

    /// <summary>The next frame's header and payload; its buffer has been released.</summary>
    public async Task<(FrameHeader Header, float[] Values)> Next() => await _frames.Reader.ReadAsync().AsTask().WaitAsync(Bound);

    /// <summary>The next frame has these values.</summary>
    public async Task Brings(params float[] values) => Assert.Equal(values, (await Next()).Values);

    /// <summary>The next report that a link has failed.</summary>
    public async Task<LinkFailed> NextFailure() => await _failures.Reader.ReadAsync().AsTask().WaitAsync(Bound);

    public bool Accepts(in FrameHeader header, int length) => Wants(header);

    public TensorSlice Place(in FrameHeader header, int length) => PlaceOf(header, length);

    public void Deliver(FrameArrived frame)
    {
        Look(frame.Payload);
        _frames.Writer.TryWrite((frame.Header, frame.Payload.Floats.ToArray()));
        frame.Payload.Release();
    }

    public void Fail(LinkFailed failure) => _failures.Writer.TryWrite(failure);
}
