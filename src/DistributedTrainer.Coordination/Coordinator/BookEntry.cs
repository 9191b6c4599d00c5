using System.Text.Json.Serialization;

namespace DistributedTrainer.Coordination;

/// <summary>
/// One fact in the coordinator's book. The coordinator's state is a fold over its book; every node keeps a copy, so that a coordinator
/// that starts elsewhere reads the longest copy and goes on.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "fact")]
[JsonDerivedType(typeof(JobQueued), "queued")]
[JsonDerivedType(typeof(JobRecovered), "recovered")]
[JsonDerivedType(typeof(CheckpointsReady), "checkpoints")]
[JsonDerivedType(typeof(JobReopened), "reopened")]
[JsonDerivedType(typeof(JobOpened), "opened")]
[JsonDerivedType(typeof(AssignmentMade), "assigned")]
[JsonDerivedType(typeof(AssignmentInForce), "in-force")]
[JsonDerivedType(typeof(EpochDecided), "epoch")]
[JsonDerivedType(typeof(RunEventHappened), "event")]
[JsonDerivedType(typeof(StopRequested), "stop")]
[JsonDerivedType(typeof(JobClosed), "closed")]
public abstract record BookEntry(string JobId);

public sealed record JobQueued(string JobId, JobSubmission Submission) : BookEntry(JobId);

/// <summary>Another coordinator took over at a time on the job's clock.</summary>
public sealed record JobRecovered(string JobId, double AtSeconds) : BookEntry(JobId);

/// <summary>
/// The checkpoint folder is fit, and this is the version that the run begins from. As many <see cref="EpochDecided"/> follow as were
/// decided before it.
/// </summary>
public sealed record CheckpointsReady(
    string JobId, long Version, string Checkpoint, string DataSha256, double TrainSeconds, IReadOnlyList<string> Notes, int Epochs) : BookEntry(JobId);

/// <summary>Enough nodes have the data; training is about to start.</summary>
public sealed record JobOpened(string JobId, JobStarted Started, string DataSha256, string RecipeSha256) : BookEntry(JobId);

/// <summary>
/// Something was lost that no node has a copy of: the job is opened again, at its newest checkpoint, under the name that the entry has.
/// </summary>
/// <param name="JobId">The new run's name, see <see cref="RunGeneration"/>.</param>
/// <param name="Step">The last step known to be committed.</param>
/// <param name="AtSeconds">On the job's clock.</param>
/// <param name="TrainSeconds">Training time so far, lost steps included.</param>
public sealed record JobReopened(string JobId, long Step, double AtSeconds, double TrainSeconds) : BookEntry(JobId);

public sealed record AssignmentMade(string JobId, Assignment Assignment) : BookEntry(JobId);

/// <summary>The leading server has stamped the assignment.</summary>
public sealed record AssignmentInForce(string JobId, int Number) : BookEntry(JobId);

public sealed record EpochDecided(string JobId, HistoryRow Row, long Samples, ConvergenceState State, EpochDecision Decision) : BookEntry(JobId);

public sealed record RunEventHappened(string JobId, RunEvent Event) : BookEntry(JobId);

public sealed record StopRequested(string JobId, string Reason, int ExitCode) : BookEntry(JobId);

public sealed record JobClosed(string JobId, JobResult Result, string? Saver) : BookEntry(JobId);

/// <summary>Book entries as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(BookEntry))]
public sealed partial class BookJson : JsonSerializerContext;

/// <summary>Cluster status as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ClusterStatus))]
public sealed partial class ClusterStatusJson : JsonSerializerContext;
