using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>One defect for each rule that keeps the bits or the progress.</summary>
internal static class Defects
{
    public static IReadOnlyList<Defect> All { get; } =
    [
        new("a slot is counted twice, and its neighbour not at all", cluster => Alter(cluster, FrameKind.Push, new Neighbours().Confuse)),
        new("slots are summed in another order", cluster => Alter(cluster, FrameKind.Push, frame => [frame with { Header = Exchanged(frame.Header, 1, 2) }])),
        new("a gradient comes from two versions", cluster => Alter(cluster, FrameKind.Publish, new OldVersions(cluster).Confuse)),
        new("a primary does not wait for its backup", cluster => Alter(cluster, FrameKind.ReplicaAck, AcknowledgedEarly)),
        new("a backup counts before it has the state", cluster => cluster.Network.Passes = frame => frame.Header.Kind switch
        {
            FrameKind.ReplicaState => [],
            FrameKind.Replicate => [frame with { Header = frame.Header with { Part = 1 } }],
            _ => [frame],
        }),
        new("a new server gets the parameters and not the optimizer's state", cluster => Alter(cluster, FrameKind.ReplicaState, frame => [Blank(cluster, frame)])),
        new("a server that takes a range over tells nobody", cluster => Alter(cluster, FrameKind.TakeOver, _ => [])),
        new("nobody is asked for what is missing", cluster =>
        {
            cluster.NobodyLooks = true;
            Alter(cluster, FrameKind.Help, _ => []);
        }),
        new("a link loses a version and says nothing", cluster => Alter(cluster, FrameKind.Publish, frame => cluster.World.Happens(0.05) ? [] : [frame])),
        new("a step is reported by the old and by the new server", cluster => Alter(cluster, FrameKind.ReplicaState, frame =>
            [frame with { Header = frame.Header with { Extra = frame.Header.Extra + 9 } }])),
        new("nodes keep another version as the best", cluster => Alter(cluster, FrameKind.Decision, frame =>
            [frame with { Header = frame.Header with { Part = (byte)(1 - frame.Header.Part) } }])),
        new("a damaged checkpoint is used", cluster => cluster.Disk.ChecksParts = false),
        new("a checkpoint has ranges of two versions", cluster => cluster.Disk.WritesOldRanges = true),
        new("an order is given once", cluster => cluster.Control.Passes = new Once().Passes),
        new("a coordinator of an old term is listened to", cluster => cluster.HeedsEveryTerm = true),
    ];

    private static void Alter(SimulatedCluster cluster, FrameKind kind, Func<Frame, IEnumerable<Frame>> alter) =>
        cluster.Network.Passes = frame => frame.Header.Kind == kind ? alter(frame) : [frame];

    private static FrameHeader Exchanged(in FrameHeader header, int one, int other) =>
        header.SlotEnd - header.SlotFirst > 1 ? header
        : header.SlotFirst == one ? header with { SlotFirst = other, SlotEnd = other + 1 }
        : header.SlotFirst == other ? header with { SlotFirst = one, SlotEnd = one + 1 }
        : header;

    /// <summary>And what it has is not the newest.</summary>
    private static IEnumerable<Frame> AcknowledgedEarly(Frame frame) =>
        [frame, frame with { Header = frame.Header with { Step = frame.Header.Step + 1 } }, frame with { Header = frame.Header with { Step = frame.Header.Step + 2 } }];

    private static Frame Blank(SimulatedCluster cluster, Frame frame)
    {
        if (frame.Header.Part == 0)
            return frame;
        var blank = new TensorSlice(cluster.Pool.Rent(frame.Payload.Length), 0, frame.Payload.Length);
        blank.Floats.Clear();
        return frame with { Payload = blank };
    }

    /// <summary>The sum of one leaf in the place of its sibling's.</summary>
    private sealed class Neighbours
    {
        public IEnumerable<Frame> Confuse(Frame frame)
        {
            var (first, header) = (frame.Header.SlotFirst, frame.Header);
            if (header.SlotEnd - first > 1 || first > 1)
                return [frame];
            return first == 0 ? [frame, frame with { Header = header with { SlotFirst = 1, SlotEnd = 2 } }] : [];
        }
    }

    /// <summary>Now and then, what the node has got before under the number of the version to come.</summary>
    private sealed class OldVersions(SimulatedCluster cluster)
    {
        private readonly Dictionary<(int To, int Range), float[]> _before = [];

        public IEnumerable<Frame> Confuse(Frame frame)
        {
            var key = (frame.To.Uid, frame.Header.Range);
            var now = frame.Payload.Floats.ToArray();
            if (_before.TryGetValue(key, out var before) && before.Length == now.Length && cluster.World.Happens(0.1))
            {
                var old = new TensorSlice(cluster.Pool.Rent(before.Length), 0, before.Length);
                before.CopyTo(old.Floats);
                frame = frame with { Payload = old };
            }

            _before[key] = now;
            return [frame];
        }
    }

    /// <summary>The first copy of each order passes, if the network lets it.</summary>
    private sealed class Once
    {
        private readonly HashSet<(Type, int, string)> _seen = [];

        public bool Passes(object message, SimulatedNode to) => message is not ICommand command || _seen.Add((message.GetType(), to.Uid, What(command)));

        private static string What(ICommand command) => command switch
        {
            PrepareAssignment order => $"{order.JobId} {order.Number}",
            ActivateAssignment order => $"{order.JobId} {order.Number}",
            OpenJob order => order.JobId,
            SaveModel order => $"{order.JobId} {order.Saver}",
            DecideEpoch order => $"{order.JobId} {order.Version}",
            CompleteCheckpoint order => $"{order.JobId} {order.Version}",
            OpenCheckpoints order => $"{order.JobId} {order.FromEpoch}",
            _ => "",
        };
    }
}
