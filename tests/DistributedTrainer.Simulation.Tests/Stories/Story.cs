using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>What a seed means: a cluster, its networks, a job, and what happens to them.</summary>
internal sealed record Story(
    int Seed, Recipe Recipe, int Nodes, int Servers, int Replicas, bool HasCheckpoints, SurvivePolicy Policy, Weather Weather, TimeSpan Compute, IReadOnlyList<Fault> Faults)
{
    private static readonly double[] ComputeMs = [1, 20, 100, 250];

    /// <summary>Of the kinds that a cluster with backups and without checkpoints must bear one at a time.</summary>
    private static readonly FaultKind[] Single =
    [
        FaultKind.Kill, FaultKind.Kill, FaultKind.KillSilently, FaultKind.Freeze, FaultKind.Freeze, FaultKind.Slow, FaultKind.BreakLink, FaultKind.CutLink, FaultKind.Join,
        FaultKind.Leave,
    ];

    private static readonly FaultKind[] Any =
    [
        .. Single, FaultKind.Kill, FaultKind.Partition, FaultKind.Partition, FaultKind.KillAll, FaultKind.PowerCut, FaultKind.FillDisk, FaultKind.DamageCheckpoint,
    ];

    /// <summary>
    /// That the job waits for: all that do not leave. Where the sides of a partition go on apart, they stay two clusters, and nobody could
    /// promise more than one node.
    /// </summary>
    public int MinNodes => MayComeApart ? 1 : Math.Max(1, Nodes - Faults.Count(fault => fault.Kind == FaultKind.Leave));

    private bool MayComeApart => Faults.Any(fault => fault.Kind == FaultKind.Partition)
        && (Policy == SurvivePolicy.Any || (Policy == SurvivePolicy.Auto && Nodes < Survival.FewestForMajority));

    /// <summary>
    /// Each fault waits until the cluster has recovered from the one before: all processes are there again, and each range has a backup. Any
    /// number of these must be borne without a checkpoint.
    /// </summary>
    public bool IsOneAtATime => !HasCheckpoints && Faults.Count > 1;

    public static Story Of(int seed)
    {
        // Apart from the world's chance, so that a longer story has the same beginning.
        var chance = new Random(seed ^ 0x5eed);
        var recipe = Recipe.All[chance.Next(Recipe.All.Count)];
        var hasCheckpoints = chance.Next(4) > 0;
        var nodes = 2 + chance.Next(3);
        var calm = chance.Next(5) == 0;
        return new Story(
            seed,
            recipe,
            nodes,
            1 + chance.Next(3),
            !hasCheckpoints || chance.Next(4) > 0 ? 1 : 0,
            hasCheckpoints,
            (SurvivePolicy)chance.Next(3),
            new Weather(calm ? 0 : 0.02 * chance.NextDouble(), calm ? 0 : 0.1 * chance.NextDouble(), calm ? 0 : 0.1 * chance.NextDouble()),
            TimeSpan.FromMilliseconds(ComputeMs[chance.Next(ComputeMs.Length)]),
            hasCheckpoints ? Many(chance) : nodes > 2 && chance.Next(2) == 0 ? OneAfterTheOther(chance) : [One(chance, Single, 0)]);
    }

    public string Describe() =>
        $"seed {Seed}: {Nodes} nodes, {Servers} servers, {Replicas} replicas, {(HasCheckpoints ? "checkpoints" : "no checkpoints")}, survive {Policy}, {Weather}, "
        + $"compute {Compute.TotalMilliseconds:0} ms, {Recipe.Job.Shards} shards, {Recipe.Job.Optimizer.GetType().Name}\n"
        + string.Join('\n', Faults);

    private static IReadOnlyList<Fault> Many(Random chance) => [.. Enumerable.Range(0, 1 + chance.Next(4)).Select(index => One(chance, Any, index))];

    private static IReadOnlyList<Fault> OneAfterTheOther(Random chance) =>
    [
        .. Enumerable.Range(0, 2 + chance.Next(2)).Select(index => One(chance, [FaultKind.Kill, FaultKind.KillSilently, FaultKind.Freeze], index) with
        {
            AtStep = chance.Next(4) + (4 * index),
            Lasts = TimeSpan.FromSeconds(0.1 + (0.4 * chance.NextDouble())),
        }),
    ];

    private static Fault One(Random chance, FaultKind[] kinds, int index) => new(
        kinds[chance.Next(kinds.Length)],
        chance.Next(22),
        chance.Next(6) == 0 ? TimeSpan.FromSeconds(3 * chance.NextDouble()) : TimeSpan.FromSeconds(8 * (index + 1)),
        chance.Next(12),
        TimeSpan.FromSeconds(Math.Pow(chance.NextDouble(), 2) * 4));
}
