using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>A job made ready on a node: data loaded, model compiled, numbers fixed. Immutable and shared by the node's actors.</summary>
public sealed class OpenedJob : IDisposable
{
    /// <param name="plan">Null: what the job and its training rows make.</param>
    internal OpenedJob(string id, Job job, DataSet data, Network network, int servers, RunPlan? plan = null)
    {
        (Id, Job, Data, Network) = (id, job, data, network);
        DataSha256 = InitialWeights.DataSha256(job, data);
        Plan = plan ?? new RunPlan(job, job.EpochRows(data));
        Tree = new ReductionTree(Plan.Shards);
        var statistics = network.Layout.Length - network.Layout.TrainedLength;
        Ranges = ServerRange.Split(network.Layout.TrainedLength, servers, statistics);
        Pieces = [.. RangePiece.Cut(Ranges, statistics)];
        FirstPieces = [.. Ranges.Select(range => Array.FindIndex(Pieces, piece => piece.Range == range.Index)), Pieces.Length];
        Metrics = new MetricSet(job.Metrics ?? MetricSet.DefaultFor(job.Loss), job.Loss, network.OutputLength, network.Positions);
    }

    public string Id { get; }

    public Job Job { get; }

    public DataSet Data { get; }

    public Network Network { get; }

    /// <summary>Of all that the job reads; nodes compare it.</summary>
    public string DataSha256 { get; }

    public RunPlan Plan { get; }

    public ReductionTree Tree { get; }

    public IReadOnlyList<ServerRange> Ranges { get; }

    /// <summary>The pieces of all ranges, in the order of the parameter vector.</summary>
    internal RangePiece[] Pieces { get; }

    /// <summary>Index in <see cref="Pieces"/> of each range's first piece, and their number.</summary>
    internal int[] FirstPieces { get; }

    public MetricSet Metrics { get; }

    /// <summary>The version that the run begins from.</summary>
    public long StartVersion { get; init; }

    /// <summary>The checkpoint that holds that version; empty for version 0, which the seed makes.</summary>
    internal string Checkpoint { get; init; } = "";

    /// <summary>Where servers write checkpoints; empty for none.</summary>
    internal string CheckpointFolder { get; init; } = "";

    /// <summary>Where the rows come from, on a node that has not the data; null on one that has.</summary>
    internal RowSupply? Rows { get; init; }

    /// <summary>Workers compute nothing and hand over a ready gradient: what is left of a step is the exchange. For benchmarks.</summary>
    internal bool HasReadyGradient { get; init; }

    /// <summary>Whether parameters and gradients are bfloat16 between nodes, and rounded to it on them.</summary>
    internal bool IsHalf => Job.Precision == Precision.Bfloat16;

    /// <summary>Whether nodes have something to compute at an epoch's end: validation, or the penalty's value.</summary>
    public bool HasEvaluation => Data.Validation is not null || !Job.Penalty.IsNone;

    /// <summary>Whether validation takes the moving average of the weights: servers then publish it at an epoch's end.</summary>
    internal bool ScoresAverage => Job.Average is not null && Data.Validation is not null;

    /// <inheritdoc cref="Open(string, string, int, bool)"/>
    /// <param name="fetched">Makes the data of a node that has none; null to read the files.</param>
    internal static OpenedJob Open(OpenJob open, bool hasReadyGradient, Func<Job, DataSet>? fetched = null, RowSupply? rows = null)
    {
        var (job, data, network) = Load(open.JobText, fetched);
        return new OpenedJob(open.JobId, job, data, network, open.Servers)
        {
            Rows = rows,
            HasReadyGradient = hasReadyGradient,
            StartVersion = open.Version,
            Checkpoint = open.Checkpoint,
            CheckpointFolder = open.CheckpointFolder,
        };
    }

    /// <summary>Parses, loads and compiles. Takes as long as the data does: never call it on an actor's thread.</summary>
    /// <exception cref="JobFileException">The job is wrong, or does not fit its data.</exception>
    /// <exception cref="DataException">The data is missing or wrong.</exception>
    /// <exception cref="ModelException">The model does not fit the data.</exception>
    public static OpenedJob Open(string id, string jobText, int servers, bool hasReadyGradient = false)
    {
        var (job, data, network) = Load(jobText);
        return new OpenedJob(id, job, data, network, servers) { HasReadyGradient = hasReadyGradient };
    }

    private static (Job Job, DataSet Data, Network Network) Load(string jobText, Func<Job, DataSet>? fetched = null)
    {
        var job = JobFile.Parse(jobText, "submitted job");
        if (fetched is not null && job.PseudoLabels is not null)
            throw new DataException("this node has not the job's data, and unlabelled rows are not fetched from other nodes: give it the files, or train without pseudo-labels");
        var data = fetched?.Invoke(job) ?? DataSet.Load(job.Data, TargetOf(job.Loss), job.Seed);
        try
        {
            var network = Network.Compile(job.Model, job.Loss, data.InputShape, data.TargetLength, data.Classes.Count, job.Precision, job.PseudoLabels?.ToState(job, data));
            if (JobChecks.AgainstModel(job, network, job.EpochRows(data)) is { } misfit)
                throw new JobFileException(misfit.ToString());
            InitialWeights.Mismatches(job, network);
            return (job, data, network);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>What the loss needs as the target column, in the data room's words.</summary>
    public static TargetType TargetOf(LossSpec loss) => loss.Target switch
    {
        TargetKind.Class => TargetType.Class,
        TargetKind.Binary => TargetType.Binary,
        _ => TargetType.Values,
    };

    /// <summary>How many blocks of trained parameters a range has.</summary>
    internal int TrainedBlocks(int range) => Network.Layout.TrainedBlocks(Ranges[range].Begin, Ranges[range].Length);

    /// <summary>The index in <see cref="Pieces"/> of what a frame carries; −1 where it names no piece of this job, or has another length.</summary>
    internal int PieceOf(in FrameHeader header, int floats) =>
        PieceOf(header) is { } piece && piece.Length == floats ? FirstPieces[header.Range] + header.Piece : -1;

    /// <summary>The piece that a frame names; null where it names none of this job.</summary>
    internal RangePiece? PieceOf(in FrameHeader header) =>
        (uint)header.Range < Ranges.Count && header.Piece >= 0 && header.Piece < FirstPieces[header.Range + 1] - FirstPieces[header.Range]
            ? Pieces[FirstPieces[header.Range] + header.Piece] : null;

    public void Dispose() => Data.Dispose();
}
