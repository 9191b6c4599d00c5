using Akka.Actor;
using Akka.Remote.Transport;

namespace DistributedTrainer.Actors;

/// <summary>Named by the configuration of a node that faults can be injected into.</summary>
public sealed class FaultyRemotingProvider : ITransportAdapterProvider
{
    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) => new FaultyRemoting(wrappedTransport, FaultInjection.Find(system)!);
}

/// <summary>
/// The control plane's transport with the node's faults: what this node writes to one that it is cut off from is lost, what it writes to a
/// distant one leaves later. Akka's own adapters would change the scheme of every address and know no delay.
/// </summary>
internal sealed class FaultyRemoting(Transport wrapped, FaultInjection faults) : Transport
{
    public override string SchemeIdentifier
    {
        get => wrapped.SchemeIdentifier;
        protected set { }
    }

    public override long MaximumPayloadBytes
    {
        get => wrapped.MaximumPayloadBytes;
        protected set { }
    }

    public override bool IsResponsibleFor(Address remote) => wrapped.IsResponsibleFor(remote);

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => wrapped.Listen();

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        var node = NodeSystem.AddressOf(remoteAddress);
        if (faults.IsCut(node))
            throw new InvalidAssociationException($"{node} is cut off by an experiment");
        return new FaultyAssociation(await wrapped.Associate(remoteAddress).ConfigureAwait(false), node, faults);
    }

    public override Task<bool> Shutdown() => wrapped.Shutdown();

    public override Task<bool> ManagementCommand(object message) => wrapped.ManagementCommand(message);
}
