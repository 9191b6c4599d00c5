using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace DistributedTrainer.Actors.Tests;

/// <summary>
/// Akka's failure detector, which knows besides of nodes that a test has killed. A node that was downed is removed only once it is
/// unreachable: Akka's detector waits for seconds of silence before it says so, in which a small job takes thousands of steps that the test
/// then has to repeat. Of all other nodes it says what Akka's says. How long real silence takes is for the tests of real processes.
/// </summary>
public sealed class KilledNodes(Config config, EventStream events) : PhiAccrualFailureDetector(config, events)
{
    private static readonly ConcurrentDictionary<string, bool> Killed = new();

    public override bool IsAvailable => base.IsAvailable && !Killed.ContainsKey(HostAndPort(Address));

    /// <param name="address">host:port</param>
    public static void Add(string address) => Killed[address] = true;

    /// <summary>A new node has this address, or nobody asks for it any more.</summary>
    public static void Remove(string address) => Killed.TryRemove(address, out _);

    private static string HostAndPort(string address) => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];
}
