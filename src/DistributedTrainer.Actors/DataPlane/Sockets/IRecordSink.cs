namespace DistributedTrainer.Actors;

/// <summary>What a connection's records are about.</summary>
internal interface IRecordSink
{
    /// <summary>Null where the job is not open.</summary>
    IFrameReceiver? ReceiverOf(ulong job);

    /// <summary>The other side has taken so many frames.</summary>
    /// <returns>False where that cannot be: so many were not sent, or more had been taken before.</returns>
    bool Acknowledge(long frames);

    void Goodbye();
}
