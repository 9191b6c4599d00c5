using Akka.Actor;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

/// <summary>What a job's actors see of the rows that their node fetches. Safe from any thread; nothing here waits.</summary>
internal sealed class RowSupply
{
    private readonly IActorRef _actor;
    private volatile string[] _sources = [];

    public RowSupply(IActorRef actor, RowCache cache)
    {
        (_actor, Cache) = (actor, cache);
        cache.Missed = rows => actor.Tell(new RowsMissed(rows), ActorRefs.NoSender);
    }

    public RowCache Cache { get; }

    /// <summary>Nodes that have the data, as this node knows them.</summary>
    public string[] Sources
    {
        get => _sources;
        set => _sources = value;
    }

    public long BytesFetched => Cache.BytesFetched;

    public bool IsOf(IActorRef? actor) => _actor.Equals(actor);

    /// <summary>The node computes shards First to End − 1 of a step now.</summary>
    public void GoAhead(long step, int first, int end)
    {
        if (!Cache.IsComplete)
            _actor.Tell(new RowsNeededFrom(step, first, end), ActorRefs.NoSender);
    }

    public void Arrived(string node, FrameArrived frame) => _actor.Tell(new RowsArrived(node, frame), ActorRefs.NoSender);

    public void Fail(LinkFailed failure) => _actor.Tell(failure, ActorRefs.NoSender);
}
