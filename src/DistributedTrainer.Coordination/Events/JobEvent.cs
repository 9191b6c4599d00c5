using System.Text.Json.Serialization;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>What a follower of a job hears, in the order in which it happens. Each event repeats safely.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(JobAccepted), "accepted")]
[JsonDerivedType(typeof(JobStarted), "started")]
[JsonDerivedType(typeof(StepProgress), "progress")]
[JsonDerivedType(typeof(EpochClosed), "epoch")]
[JsonDerivedType(typeof(ClusterChanged), "cluster")]
[JsonDerivedType(typeof(JobFinished), "finished")]
public abstract record JobEvent(string JobId);

/// <summary>The cluster has the job; it waits for its turn or for nodes.</summary>
public sealed record JobAccepted(string JobId, string Name, string Waiting) : JobEvent(JobId);

/// <summary>All nodes have the data and know their part; the first step begins.</summary>
public sealed record JobStarted(
    string JobId, string Name, int Parameters, int TrainRows, int BatchSize, int Shards, int Servers, int Epochs, long StepsPerEpoch, long TotalSteps,
    IReadOnlyList<string> Nodes) : JobEvent(JobId)
{
    /// <summary>For the model table; empty where the coordinator does not say.</summary>
    public IReadOnlyList<LayerSummary> Layers { get; init; } = [];
}

/// <summary>Progress within an epoch, a few times a second.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Step">Committed steps of the whole run.</param>
/// <param name="TrainLoss">Mean over the epoch so far.</param>
/// <param name="SamplesPerSecond">Over the last interval.</param>
public sealed record StepProgress(string JobId, int Epoch, long Step, double TrainLoss, double SamplesPerSecond) : JobEvent(JobId);

/// <summary>An epoch ended: one row of history.csv.</summary>
public sealed record EpochClosed(string JobId, HistoryRow Row) : JobEvent(JobId);

/// <summary>A node came or went, or work moved.</summary>
public sealed record ClusterChanged(string JobId, RunEvent Change) : JobEvent(JobId);

/// <summary>The job ended; the model folder is written where the submission said.</summary>
public sealed record JobFinished(string JobId, JobResult Result) : JobEvent(JobId);

/// <summary>One epoch in history.csv.</summary>
public sealed record HistoryRow(
    int Epoch, long Step, double LearningRate, double TrainLoss, double Penalty, double? ValidationLoss,
    IReadOnlyList<KeyValuePair<string, double>> ValidationMetrics, double Seconds, double SamplesPerSecond);

/// <summary>One entry of run.json's <c>events</c>.</summary>
/// <param name="Kind">node-joined node-left node-lost shards-moved server-failover coordinator-moved checkpoint checkpoint-failed resumed.</param>
public sealed record RunEvent(double AtSeconds, long Step, string Kind, string Node, string Detail);

/// <summary>One entry of run.json's <c>per_node</c>.</summary>
/// <param name="ShardSteps">Shards times steps that it computed, for late or lost nodes too: together at least the job's, more where two computed the same.</param>
public sealed record NodeShare(string Node, string Roles, long ShardSteps, long BytesSent, long BytesReceived);

/// <summary>Loss and metrics of the saved model on one part of the data.</summary>
public sealed record PartScore(double Loss, IReadOnlyList<KeyValuePair<string, double>> Metrics);

/// <summary>How a job ended: what run.json is made of.</summary>
/// <param name="State">completed, stopped or failed.</param>
/// <param name="StopReason">In words.</param>
/// <param name="ExitCode">0; 1 the run failed; 2 the job or its data is wrong; 3 nodes could not be admitted; 130 interrupted.</param>
public sealed record JobResult(
    string State, string StopReason, int ExitCode, string RecipeSha256, string DataSha256, string WeightsSha256, int Nodes, int Shards, int Servers,
    int Replicas, int Threads, int Parameters, int Epochs, long Steps, long Samples, long StepsRepeated, double TrainLoss, PartScore? Validation,
    PartScore? Test, double TrainSeconds, IReadOnlyList<NodeShare> PerNode, IReadOnlyList<RunEvent> Events)
{
    /// <summary>The version of the checkpoint that the run went on from; null where it began from the seed.</summary>
    public long? ResumedFrom { get; init; }

    /// <summary>How the saved model takes classes for one another; null where there are none, or no part to count them on.</summary>
    public ClassConfusion? Confusion { get; init; }

    /// <summary>Null where the job labels no rows.</summary>
    public PseudoLabelCounts? PseudoLabels { get; init; }
}

/// <summary>What became of the unlabelled rows.</summary>
/// <param name="Rows">How many there are.</param>
/// <param name="Labelled">How many each round labelled.</param>
/// <param name="Right">How many labels of the last round are right; null where their classes are not known.</param>
public sealed record PseudoLabelCounts(long Rows, IReadOnlyList<long> Labelled, long? Right);

/// <param name="Part">test or validation.</param>
/// <param name="Classes">Their names.</param>
/// <param name="Counts">Rows of the part by (true class, predicted class), row by row.</param>
public sealed record ClassConfusion(string Part, IReadOnlyList<string> Classes, IReadOnlyList<long> Counts);

/// <summary>Reads and writes job events as JSON lines without reflection, so that it costs nothing at start.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(JobEvent))]
public sealed partial class JobEventJson : JsonSerializerContext;
