namespace DistributedTrainer.Actors;

/// <summary>
/// Payloads in shared memory that the other side has not said it has taken. They are held in the order of their frames. Not safe from
/// several threads, but for <see cref="IsEmpty"/>.
/// </summary>
internal sealed class LentPayloads
{
    /// <summary>Whoever has taken so many bytes says so at once.</summary>
    public const long AcknowledgeBytes = 4 << 20;

    /// <summary>More wait in the queue, where a newer version takes their place. Eight acknowledgements: it never waits for a reader that reads.</summary>
    private const long MostBytes = 8 * AcknowledgeBytes;

    private readonly Queue<(long Frame, TensorSlice Payload)> _payloads = [];
    private long _bytes;
    private volatile bool _isEmpty = true;

    /// <summary>Safe from any thread.</summary>
    public bool IsEmpty => _isEmpty;

    public bool IsFull => _bytes >= MostBytes;

    /// <param name="frame">Its number on the connection, from 1.</param>
    /// <param name="payload">Held until returned.</param>
    public void Add(long frame, TensorSlice payload)
    {
        payload.Buffer!.Retain();
        _payloads.Enqueue((frame, payload));
        _bytes += payload.Length * sizeof(float);
        _isEmpty = false;
    }

    /// <summary>The other side has taken all frames up to this one.</summary>
    public void Return(long frame)
    {
        while (_payloads.TryPeek(out var first) && first.Frame <= frame)
        {
            _payloads.Dequeue();
            _bytes -= first.Payload.Length * sizeof(float);
            first.Payload.Release();
        }

        _isEmpty = _payloads.Count == 0;
    }

    public void Clear() => Return(long.MaxValue);
}
