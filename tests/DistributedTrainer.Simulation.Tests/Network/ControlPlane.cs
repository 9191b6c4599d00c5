namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// Control messages as Akka delivers them: in order between two processes, each at most once, or, where a story wants it so, twice. Nothing
/// says that one was lost.
/// </summary>
internal sealed class ControlPlane(World world, SimulatedNetwork network, Weather weather)
{
    private readonly Dictionary<(int From, int To), TimeSpan> _arrivals = [];

    /// <summary>Whether a message arrives, by what it is; for planted defects.</summary>
    public Func<object, SimulatedNode, bool> Passes { get; set; } = (_, _) => true;

    public void Send(SimulatedNode from, SimulatedNode to, object message, Action deliver)
    {
        if (!Passes(message, to))
            return;
        var times = from == to ? 1 : world.Happens(weather.Lost) ? 0 : world.Happens(weather.Doubled) ? 2 : 1;
        for (; times > 0; times--)
        {
            var at = world.Now + (from == to ? world.Between(0.01, 0.1) : network.Latency());
            var last = _arrivals.GetValueOrDefault((from.Uid, to.Uid));
            if (at <= last)
                at = last + TimeSpan.FromTicks(1);
            _arrivals[(from.Uid, to.Uid)] = at;
            world.After(at - world.Now, () =>
            {
                if (to.IsAlive && !network.IsCut(from, to))
                    to.Post(TimeSpan.Zero, deliver);
            });
        }
    }
}
