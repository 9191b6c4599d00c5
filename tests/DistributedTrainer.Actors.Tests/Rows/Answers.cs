using System.Threading.Channels;

namespace DistributedTrainer.Actors.Tests;

internal sealed record Answer(string Node, FrameHeader Header, byte[] Bytes);

/// <summary>A data plane that keeps what is sent.</summary>
internal sealed class Answers : ITensorTransport
{
    private readonly Channel<Answer> _sent = Channel.CreateUnbounded<Answer>();

    public TransportCounters Counters { get; } = new();

    public bool IsFlushed => true;

    /// <summary>Called before each frame is sent.</summary>
    public Action Before { get; set; } = () => { };

    /// <summary>Frames are counted, not kept.</summary>
    public bool IsCounting { get; set; }

    public long Sent { get; private set; }

    /// <summary>Bytes of the longest payload.</summary>
    public int Longest { get; private set; }

    public bool HasMore => _sent.Reader.TryPeek(out _);

    public async Task<Answer> Next() => await _sent.Reader.ReadAsync().AsTask().WaitAsync(Wait.Bound);

    public void Send(string node, string jobId, in FrameHeader header, TensorSlice payload)
    {
        Before();
        Sent++;
        Longest = Math.Max(Longest, payload.Bytes.Length);
        if (!IsCounting)
            _sent.Writer.TryWrite(new Answer(node, header, payload.Bytes.ToArray()));
    }

    public void Register(string jobId, IFrameReceiver receiver)
    {
    }

    public void Unregister(string jobId)
    {
    }
}
