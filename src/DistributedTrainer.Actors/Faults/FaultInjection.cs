using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>
/// What is wrong on purpose with this node's network and speed, for experiments. A node has it only where its configuration says
/// <c>dtrain.faults = on</c>; without, nothing of it is on the path of a step or a message.
/// </summary>
public sealed class FaultInjection : IExtension
{
    internal const string Setting = "dtrain.faults";

    private volatile Faults _faults = new([], new Dictionary<string, TimeSpan>(), 1);

    /// <summary>HOCON of a node that faults can be injected into.</summary>
    internal static string Hocon =>
        $$"""
        {{Setting}} = on
        akka.remote {
          # Without spaces: Akka would keep the quotation marks.
          adapters.dtrain-faults = "{{typeof(FaultyRemotingProvider).FullName}},{{typeof(FaultyRemotingProvider).Assembly.GetName().Name}}"
          dot-netty.tcp.applied-adapters = [dtrain-faults]
          # Each node writes on a connection that it made itself, so that who is cut off is known by the address that was called.
          use-passive-connections = off
        }
        """;

    /// <summary>The node's faults; null where none can be injected.</summary>
    internal static FaultInjection? Find(ActorSystem system) =>
        system.Settings.Config.GetBoolean(Setting, false) ? system.WithExtension<FaultInjection, Provider>() : null;

    /// <summary>From now on these are all of the node's faults. From any thread.</summary>
    /// <param name="cut">Addresses (host:port) of nodes that this one does not reach.</param>
    /// <param name="delays">By address, how much later everything to that node arrives.</param>
    /// <param name="slowdown">Computing takes so many times as long; 1 or more.</param>
    public void Set(IReadOnlyCollection<string> cut, IReadOnlyDictionary<string, TimeSpan> delays, double slowdown)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slowdown, 1);
        _faults = new Faults([.. cut], delays, slowdown);
    }

    internal double Slowdown => _faults.Slowdown;

    internal bool IsCut(string node) => _faults.Cut.Contains(node);

    internal TimeSpan DelayTo(string node) => _faults.Delays.GetValueOrDefault(node);

    private sealed record Faults(HashSet<string> Cut, IReadOnlyDictionary<string, TimeSpan> Delays, double Slowdown);

    private sealed class Provider : ExtensionIdProvider<FaultInjection>
    {
        public override FaultInjection CreateExtension(ExtendedActorSystem system) => new();
    }
}
