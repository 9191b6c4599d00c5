namespace DistributedTrainer.Actors;

/// <summary>What a connection's records are about.</summary>
internal interface IRecordSink
{
    /// <summary>The address of the other side.</summary>
    string Node { get; }

    /// <summary>Null where the job is not open.</summary>
    IFrameReceiver? ReceiverOf(ulong job);

    /// <summary>The other side has taken so many frames.</summary>
    /// <returns>False where that cannot be: so many were not sent, or more had been taken before.</returns>
    bool Acknowledge(long frames);

    void Goodbye();

    /// <summary>The other side has memory that may be read from here.</summary>
    void Offered(SharedOffer offer);

    /// <summary>The other side can read this one's memory.</summary>
    void OfferTaken();

    /// <summary>The other side's memory, as far as it may be read from here; null if not at all.</summary>
    ISharedMemory? SharedMemory { get; }
}
