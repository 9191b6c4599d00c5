namespace DistributedTrainer.Coordination;

// Every control message, in the order in which a job sends them. They are idempotent and repeated until their effect shows in a
// node's report, because Akka delivers at most once. They hold strings, numbers and small arrays of them only: Hyperion carries
// exactly these types (see the allow-list), and tensors travel on the data plane.

/// <summary>Marks what may travel between nodes on the control plane.</summary>
public interface IControlMessage;

/// <summary>From a coordinator to a node, who ignores coordinators that another one has replaced.</summary>
public interface ICoordinatorMessage : IControlMessage
{
    long Term { get; }
}

/// <summary>
/// An order that rests on what the coordinator's book says. A node obeys it once its own copy has as many entries: so no effect of a
/// decision outlives the decision, whoever is coordinator next.
/// </summary>
public interface ICommand : ICoordinatorMessage
{
    /// <summary>Entries of the coordinator's book when it gave the order.</summary>
    int Book { get; }
}

// ---- node → coordinator: one repeated report says everything the coordinator needs -----------------------------------------

/// <summary>Sent twice a second and on every change.</summary>
/// <param name="Node">Who reports.</param>
/// <param name="Term">The highest coordinator term the node has heard.</param>
/// <param name="BookLength">Entries of the coordinator's book that the node keeps.</param>
/// <param name="Leaving">The node wants to leave politely: take its shards and ranges.</param>
/// <param name="Job">Its part in the current job; null without one.</param>
public sealed record NodeReport(NodeDescription Node, long Term, int BookLength, bool Leaving, JobReport? Job) : IControlMessage
{
    /// <summary>Whether nothing has changed since another report of the node but how much was computed and sent.</summary>
    public bool SaysTheSameAs(NodeReport other) =>
        (Term, BookLength, Leaving) == (other.Term, other.BookLength, other.Leaving)
        && (Job is null ? other.Job is null : other.Job is not null && Job.SaysTheSameAs(other.Job));
}

/// <param name="Address">host:port, the node's identity; one start of one process.</param>
/// <param name="Fingerprint">Build identity: control messages are only understood between equal builds.</param>
public sealed record NodeDescription(string Address, int Pid, string Host, string[] Roles, int Threads, string Fingerprint);

/// <summary>How far a node has opened a job.</summary>
public enum OpenState
{
    Opening,
    Open,
    Failed,

    /// <summary>The node has not the data; it could fetch rows from one that has.</summary>
    Lacks,
}

/// <param name="Prepared">Number of the newest assignment the node is ready to follow.</param>
/// <param name="Active">Number of the assignment that its last step ran under.</param>
/// <param name="DecidedVersion">The newest version whose epoch decision the node has.</param>
/// <param name="IsIdle">No shard, no range, nothing left to send: the node may go.</param>
public sealed record JobReport(
    string JobId, OpenState State, string Error, string DataSha256, int TrainRows, int Parameters, int Prepared, int Active,
    long DecidedVersion, bool IsIdle, long ShardSteps, long BytesSent, long BytesReceived) : IControlMessage
{
    /// <summary>The model table, a <see cref="LayerLine"/> a layer; only from the opening of the job to the first assignment.</summary>
    public string[] Layers { get; init; } = [];

    /// <summary>The newest <see cref="PartReport"/> of each range that this node has written to disk, or failed to.</summary>
    public string[] CheckpointParts { get; init; } = [];

    /// <summary>
    /// Nodes of the newest assignment known here whose link has failed; this node itself where the others have gone back to a version that
    /// is not here any more.
    /// </summary>
    public string[] Unreachable { get; init; } = [];

    /// <summary>Why, for each of them.</summary>
    public string[] UnreachableWhy { get; init; } = [];

    /// <summary>Ranges whose primary is here, state and all; those taken over are among them.</summary>
    public int[] Serves { get; init; } = [];

    /// <summary>Their newest versions. Where two nodes believe to serve a range, they show who has slept.</summary>
    public long[] ServedVersions { get; init; } = [];

    /// <summary>Ranges whose backup is here and has caught up.</summary>
    public int[] Keeps { get; init; } = [];

    /// <summary>
    /// Ranges that were here until another node took them over, or until the others had gone on without this one; and those that were to come
    /// from a node that is gone.
    /// </summary>
    public int[] GivenUp { get; init; } = [];

    /// <summary>Ranges among those served here for which others listen to another node: it took them over, after the two had lost each other.</summary>
    public int[] Replaced { get; init; } = [];

    /// <summary>The first assignment that this process got ready for, since it opened the job; 0 before. Of older ones it has nothing.</summary>
    public int Since { get; init; }

    /// <summary>Where the node gets the job's rows from; empty where it has the data, or no part in the job.</summary>
    public string[] RowSources { get; init; } = [];

    /// <summary>Bytes of rows that came from there so far.</summary>
    public long RowBytes { get; init; }

    /// <summary>Whether nothing has changed since another report but how much was computed and sent.</summary>
    public bool SaysTheSameAs(JobReport other) =>
        Unreachable.SequenceEqual(other.Unreachable) && Serves.SequenceEqual(other.Serves) && Keeps.SequenceEqual(other.Keeps)
        && GivenUp.SequenceEqual(other.GivenUp) && Replaced.SequenceEqual(other.Replaced) && Layers.SequenceEqual(other.Layers) && RowSources.SequenceEqual(other.RowSources)
        && CheckpointParts.SequenceEqual(other.CheckpointParts) && Figures(this) == Figures(other);

    private static JobReport Figures(JobReport report) => report with
    {
        ShardSteps = 0,
        BytesSent = 0,
        BytesReceived = 0,
        Layers = [],
        CheckpointParts = [],
        Unreachable = [],
        UnreachableWhy = [],
        Serves = [],
        ServedVersions = [],
        Keeps = [],
        GivenUp = [],
        Replaced = [],
        RowSources = [],
        RowBytes = 0,
    };
}

// ---- client → coordinator ---------------------------------------------------------------------------------------------------

public sealed record SubmitJob(string JobId, string JobText, int MinNodes, int Servers, int Replicas, string? ModelFolder) : IControlMessage
{
    /// <inheritdoc cref="JobSubmission.CheckpointFolder"/>
    public string? CheckpointFolder { get; init; }

    /// <inheritdoc cref="JobSubmission.Resume"/>
    public bool Resume { get; init; }
}

public sealed record CancelJob(string JobId, string Reason, int ExitCode) : IControlMessage;

/// <summary>Asks for a job's events, from its acceptance on.</summary>
public sealed record FollowJob(string JobId) : IControlMessage;

/// <summary>One <see cref="JobEvent"/> as JSON.</summary>
public sealed record JobEventText(string JobId, string Json) : IControlMessage;

public sealed record AskStatus : IControlMessage;

/// <summary><see cref="ClusterStatus"/> as JSON.</summary>
public sealed record StatusText(string Json) : IControlMessage;

/// <summary>The cluster has the submission, or knows the job to cancel; else why not.</summary>
public sealed record Answer(bool Accepted, string Reason) : IControlMessage;

// ---- coordinator → nodes ----------------------------------------------------------------------------------------------------

/// <summary>The node may not take part: another build. It says why and stops with exit code 3.</summary>
public sealed record RefuseNode(long Term, string Reason) : ICoordinatorMessage;

/// <summary>Keep this entry of the coordinator's book, so that another coordinator can go on from it.</summary>
public sealed record KeepBookEntry(long Term, int Index, string Json) : ICoordinatorMessage;

/// <summary>Asks a node for the book from an entry on; it answers with <see cref="KeepBookEntry"/> messages.</summary>
public sealed record AskBook(long Term, int FromIndex) : ICoordinatorMessage;

/// <summary>
/// To the coordinator's own node: see that checkpoints can be written into the folder, and find the newest valid one in it where the job
/// resumes.
/// </summary>
/// <param name="FromEpoch">The first of the checkpoint's epochs that the coordinator lacks.</param>
public sealed record OpenCheckpoints(long Term, int Book, string JobId, string JobText, string Folder, bool Resume, int FromEpoch) : ICommand;

/// <summary>The answer.</summary>
/// <param name="Error">Why the job cannot run with this folder; empty where it can.</param>
/// <param name="Version">The version to begin from: the checkpoint's, or 0.</param>
/// <param name="Checkpoint">The checkpoint's folder; empty for version 0.</param>
/// <param name="DataSha256">The data that the checkpoint's run had.</param>
/// <param name="Notes">Checkpoints that were found damaged, and why.</param>
/// <param name="Epochs">How many epochs were decided before the checkpoint.</param>
/// <param name="EpochTexts">Those from FromEpoch on, each a <see cref="CheckpointEpoch"/> as JSON, perhaps not all of them.</param>
public sealed record CheckpointsOpened(
    string JobId, string Error, long Version, string Checkpoint, string DataSha256, double TrainSeconds, string[] Notes, int Epochs, int FromEpoch,
    string[] EpochTexts) : IControlMessage;

/// <summary>
/// The cluster went on without this node: drop the job's state, whose time is over, and report as a node that has just come. Rests on
/// nothing in the book, which such a node does not have.
/// </summary>
public sealed record StartAfresh(long Term, string JobId) : ICoordinatorMessage;

/// <summary>Load the data, compile the model, report.</summary>
/// <param name="Replicas">Backups of each range: with any, nodes keep one more version of the parameters.</param>
public sealed record OpenJob(long Term, int Book, string JobId, string JobText, int Servers, int Replicas) : ICommand
{
    /// <summary>The version that the run begins from; 0 is filled from the seed.</summary>
    public long Version { get; init; }

    /// <summary>The checkpoint that holds that version; empty for version 0.</summary>
    public string Checkpoint { get; init; } = "";

    /// <summary>Where servers write checkpoints; empty for none.</summary>
    public string CheckpointFolder { get; init; } = "";
}

/// <summary>To a node that has not the job's data: these nodes have it, and send rows of it over the data plane. Repeated when others have it.</summary>
public sealed record FetchRows(long Term, int Book, string JobId, string[] Sources) : ICommand;

/// <summary>
/// Get ready to follow an assignment. Shards, Primaries and Backups hold node addresses by shard and by range; Lost those of nodes that
/// are gone without a word, for whoever has not noticed.
/// </summary>
public sealed record PrepareAssignment(
    long Term, int Book, string JobId, int Number, string[] Shards, string[] Primaries, string[] Backups, string[] Lost) : ICommand;

/// <summary>To the leading server's node: every node is ready; stamp the assignment on the next published version.</summary>
public sealed record ActivateAssignment(long Term, int Book, string JobId, int Number) : ICommand;

/// <summary>To the leading server's node: make the next published version the last.</summary>
public sealed record StopSoon(long Term, int Book, string JobId) : ICommand;

// ---- leading server → coordinator -------------------------------------------------------------------------------------------

/// <summary>A few times a second.</summary>
/// <param name="Step">Committed steps: the version of the leading range.</param>
/// <param name="Samples">Committed samples of the whole run.</param>
/// <param name="Active">The assignment in force.</param>
/// <param name="Waiting">What the step under way lacks, in words.</param>
public sealed record StepReport(
    string JobId, long Step, int Epoch, double EpochLoss, double EpochDenominator, long Samples, int Active, string Waiting) : IControlMessage
{
    /// <summary>Nodes that most of the last steps had to wait for.</summary>
    public string[] Slow { get; init; } = [];
}

/// <summary>
/// An epoch has ended at a version; repeated until the coordinator answers with its decision, which every node has taken already: it is a
/// pure function of this report and the ones before.
/// </summary>
/// <param name="Node">Who reports, and is answered.</param>
public sealed record EpochReport(
    string JobId, string Node, int Epoch, long Version, double TrainLoss, long Samples, double Penalty, bool HasValidation, double ValidationLoss,
    string[] MetricNames, double[] MetricValues, bool IsFinal, int Active) : IControlMessage;

/// <summary>The run cannot go on: a loss that is not finite, a checkpoint that cannot be read, a defect.</summary>
public sealed record RunFailed(string JobId, string Node, string Reason) : IControlMessage
{
    /// <summary>The checkpoint was whole when it was chosen, and cannot be read now: the one before it may do.</summary>
    public bool IsOfCheckpoint { get; init; }
}

// ---- coordinator → nodes ----------------------------------------------------------------------------------------------------

/// <summary>
/// To the coordinator's own node: all ranges of a version are written; write the manifest, from the book and these, and remove what need not
/// be kept.
/// </summary>
/// <param name="Parts">Each a <see cref="PartReport"/> as JSON, in order of ranges.</param>
public sealed record CompleteCheckpoint(
    long Term, int Book, string JobId, long Version, string Folder, int Keep, double TrainSeconds, string[] Parts) : ICommand;

/// <summary>The manifest is written, or why not.</summary>
public sealed record CheckpointCompleted(string JobId, long Version, string Error) : IControlMessage;

/// <summary>
/// The epoch decision for a version: go on or stop; servers keep the version where it is the best so far. The numbers after it are the
/// <see cref="ConvergenceState"/> that the next decision begins from.
/// </summary>
public sealed record DecideEpoch(
    long Term, int Book, string JobId, long Version, bool Stop, bool KeepBest, double BestValue, long BestVersion, int EpochsSinceBest,
    double PreviousTrainLoss) : ICommand
{
    public double PlateauBest { get; init; } = double.NaN;

    public int PlateauEpochs { get; init; }

    public int Reductions { get; init; }

    public int ReductionsBefore { get; init; }

    /// <summary>All of them together.</summary>
    public ConvergenceState ToState() => new(BestValue, BestVersion, EpochsSinceBest, PreviousTrainLoss)
    {
        Plateau = new PlateauState(PlateauBest, PlateauEpochs, Reductions, ReductionsBefore),
    };
}

/// <summary>Servers send their range of the saved version to <paramref name="Saver"/>, which writes the model and scores it on the test part.</summary>
public sealed record SaveModel(long Term, int Book, string JobId, long Version, bool UseBest, string Saver, string? ModelFolder) : ICommand;

/// <summary>The saver is done. The score is empty where the job has no test part.</summary>
public sealed record ModelSaved(
    string JobId, string WeightsSha256, string Folder, bool HasTest, double TestLoss, string[] MetricNames, double[] MetricValues, string Error) : IControlMessage
{
    /// <summary>Names of the classes; empty where there are none, or no part to count them on.</summary>
    public string[] Classes { get; init; } = [];

    /// <summary>Rows of the test part, else of the validation part, by (true class, predicted class), row by row.</summary>
    public long[] ClassCounts { get; init; } = [];

    /// <summary>0 where the job labels none.</summary>
    public long UnlabelledRows { get; init; }

    /// <summary>How many of them each round up to the saved version labelled.</summary>
    public long[] RowsLabelled { get; init; } = [];

    /// <summary>How many of the last round's labels are right; −1 where their classes are not known.</summary>
    public long RightLabels { get; init; } = -1;
}

/// <summary>The job is over: free everything.</summary>
public sealed record CloseJob(long Term, int Book, string JobId) : ICommand;

// ---- client ↔ saver: the finished model in pieces ---------------------------------------------------------------------------

public sealed record FetchModelPiece(string JobId, string File, long Offset) : IControlMessage;

/// <summary>The same, passed on by the coordinator to the node that saved the model.</summary>
public sealed record ServeModelPiece(string JobId, string File, long Offset) : IControlMessage;

/// <param name="Total">Length of the file; 0 with an empty piece where there is no such file.</param>
public sealed record ModelPiece(string File, long Offset, long Total, byte[] Bytes) : IControlMessage;
