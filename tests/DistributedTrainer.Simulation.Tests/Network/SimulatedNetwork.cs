using DistributedTrainer.Actors;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// The data plane as decision 11 has it: between two nodes frames keep their order until the link fails as a whole, and then both ends hear
/// of it; a silent second fails a link; the next frame makes a new one. Which frames of different links come first is chance.
/// </summary>
internal sealed class SimulatedNetwork(World world, Weather weather)
{
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<(int, int), Link> _links = [];
    private readonly Dictionary<(int, int), int> _cuts = [];
    private int _cut;

    /// <summary>What a test does to frames on their way; by default they are as they were sent.</summary>
    public Func<Frame, IEnumerable<Frame>> Passes { get; set; } = frame => [frame];

    /// <summary>Two processes can exchange something now.</summary>
    public bool Carries(SimulatedNode one, SimulatedNode other) => one.IsAlive && other.IsAlive && !one.IsFrozen && !other.IsFrozen && !IsCut(one, other);

    public bool IsCut(SimulatedNode one, SimulatedNode other) => _cuts.ContainsKey(Key(one, other));

    public TimeSpan Latency() => world.Happens(weather.Spikes) ? world.Between(5, 150) : world.Between(0.05, 0.6);

    public void Send(Frame sent)
    {
        foreach (var frame in Passes(sent))
        {
            var link = LinkOf(frame.From, frame.To);
            frame.From.Transport.InFlight++;
            frame.Payload.Buffer?.Retain();
            if (link.IsOpen && link.Waiting.Count == 0)
                Launch(link, frame);
            else
                link.Waiting.Enqueue(frame);
        }
    }

    /// <summary>The link is there before the first frame.</summary>
    public void Meet(SimulatedNode one, SimulatedNode other) => LinkOf(one, other);

    // ---- faults -----------------------------------------------------------------------------------------------------------

    public void Cut(SimulatedNode one, SimulatedNode other)
    {
        var cut = _cuts[Key(one, other)] = ++_cut;
        world.After(SilentAfter + world.Between(0, 100), () =>
        {
            if (_cuts.GetValueOrDefault(Key(one, other)) == cut && _links.TryGetValue(Key(one, other), out var link) && link.IsOpen)
                Close(link, "silent for 1 s");
        });
    }

    public void Heal(SimulatedNode one, SimulatedNode other)
    {
        if (_cuts.Remove(Key(one, other)) && _links.TryGetValue(Key(one, other), out var link) && link.IsOpen)
            Flush(link);
    }

    public void HealAll()
    {
        _cuts.Clear();
        foreach (var link in _links.Values.Where(link => link.IsOpen).ToList())
            Flush(link);
    }

    public void Break(SimulatedNode one, SimulatedNode other)
    {
        if (_links.TryGetValue(Key(one, other), out var link) && link.IsOpen)
            Close(link, "the connection broke");
    }

    public void Froze(SimulatedNode node)
    {
        var freeze = node.Freezes;
        foreach (var link in LinksOf(node))
        {
            world.After(SilentAfter + world.Between(0, 100), () =>
            {
                if (node.IsFrozen && node.Freezes == freeze && !link.IsClosed)
                    Close(link, "silent for 1 s");
            });
        }
    }

    /// <param name="isSilent">The machine is gone without closing its connections.</param>
    public void Died(SimulatedNode node, bool isSilent)
    {
        foreach (var link in LinksOf(node))
        {
            var other = link.Other(node);
            if (isSilent)
                world.After(SilentAfter + world.Between(0, 100), () => Close(link, "silent for 1 s"));
            else
                Close(link, $"node {node.Address} has closed the connection");
        }
    }

    /// <summary>A node has left: its connections close with a goodbye.</summary>
    public void Left(SimulatedNode node)
    {
        foreach (var link in LinksOf(node))
            Close(link, null);
    }

    // ---- links ------------------------------------------------------------------------------------------------------------

    private static (int, int) Key(SimulatedNode one, SimulatedNode other) => one.Uid < other.Uid ? (one.Uid, other.Uid) : (other.Uid, one.Uid);

    private List<Link> LinksOf(SimulatedNode node) => [.. _links.Values.Where(link => link.First == node || link.Second == node)];

    private Link LinkOf(SimulatedNode one, SimulatedNode other)
    {
        if (!_links.TryGetValue(Key(one, other), out var link))
        {
            _links[Key(one, other)] = link = new Link(one, other);
            Connect(link, world.Now + ConnectWithin);
        }

        return link;
    }

    private void Connect(Link link, TimeSpan until)
    {
        if (link.IsClosed)
            return;
        if (Carries(link.First, link.Second))
        {
            link.IsOpen = true;
            Flush(link);
        }
        else if (world.Now >= until)
        {
            Close(link, "it has not answered within 3 s");
        }
        else
        {
            world.After(TryAgainAfter, () => Connect(link, until));
        }
    }

    private void Flush(Link link)
    {
        while (link.Waiting.TryDequeue(out var frame))
            Launch(link, frame);
    }

    private void Launch(Link link, Frame frame)
    {
        var at = world.Now + Latency();
        if (at <= link.Arrivals[frame.To])
            at = link.Arrivals[frame.To] + TimeSpan.FromTicks(1);
        link.Arrivals[frame.To] = at;
        world.After(at - world.Now, () => Arrive(link, frame));
    }

    private void Arrive(Link link, Frame frame)
    {
        if (!frame.To.IsAlive || world.Now > link.ClosedAt)
        {
            Drop(frame);
        }
        else if (IsCut(frame.From, frame.To))
        {
            link.Waiting.Enqueue(frame);
        }
        else
        {
            frame.From.Transport.InFlight--;
            frame.To.Post(TimeSpan.Zero, () =>
            {
                world.Note($"{frame}");
                world.Mark(HashCode(frame));
                frame.To.Transport.Deliver(frame);
                frame.Payload.Release();
            });
        }
    }

    private void Close(Link link, string? failure)
    {
        if (link.IsClosed)
            return;
        link.IsClosed = true;
        link.IsOpen = false;
        _links.Remove(Key(link.First, link.Second));
        link.ClosedAt = world.Now + world.Between(0, 1);
        while (link.Waiting.TryDequeue(out var frame))
            Drop(frame);
        if (failure is null)
            return;
        Tell(link.First, link.Second);
        Tell(link.Second, link.First);

        void Tell(SimulatedNode end, SimulatedNode other) => end.Post(link.ClosedAt - world.Now + world.Between(0, 2), () =>
        {
            world.Note($"link {end.Address}–{other.Address} failed: {failure}");
            end.Transport.Fail(new LinkFailed(other.Address, $"node {other.Address}: {failure}"));
        });
    }

    private static void Drop(Frame frame)
    {
        frame.From.Transport.InFlight--;
        frame.Payload.Release();
    }

    private static long HashCode(Frame frame) =>
        ((long)frame.Header.Kind << 56) ^ (frame.Header.Step << 32) ^ (frame.Header.Range << 24) ^ (frame.From.Uid << 8) ^ frame.To.Uid;
}
