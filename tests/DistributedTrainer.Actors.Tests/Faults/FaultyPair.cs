namespace DistributedTrainer.Actors.Tests;

/// <summary>Two nodes whose networks can be interfered with.</summary>
public sealed class FaultyPair() : TransportPair(Hocon, Hocon)
{
    private static readonly IReadOnlyDictionary<string, TimeSpan> NoDelays = new Dictionary<string, TimeSpan>();

    private static string Hocon => $"{FaultInjection.Hocon}\ndtrain.data-plane.silent-after = 600ms";

    /// <summary>Neither reaches the other, or both do again.</summary>
    public void Cut(bool isCut)
    {
        FaultInjection.Find(LeftSystem)!.Set(isCut ? [RightAddress] : [], NoDelays, 1);
        FaultInjection.Find(RightSystem)!.Set(isCut ? [LeftAddress] : [], NoDelays, 1);
    }

    /// <summary>Everything arrives later, each way.</summary>
    public void Delay(TimeSpan by)
    {
        FaultInjection.Find(LeftSystem)!.Set([], new Dictionary<string, TimeSpan> { [RightAddress] = by }, 1);
        FaultInjection.Find(RightSystem)!.Set([], new Dictionary<string, TimeSpan> { [LeftAddress] = by }, 1);
    }
}
