using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>The checkpoint folder of a played cluster: servers write their parts at the versions that are due, unless a test says otherwise.</summary>
internal sealed class PlayedDisk(PlayedCluster cluster)
{
    public const string Folder = "/checkpoints";

    private readonly Dictionary<string, SortedDictionary<int, PartReport>> _parts = [];
    private CheckpointSchedule? _schedule;

    /// <summary>What a run finds that resumes; null for nothing.</summary>
    public CheckpointManifest? Found { get; set; }

    /// <summary>Why the folder is not fit.</summary>
    public string OpenError { get; set; } = "";

    /// <summary>Why a range's part is not written, by version and range; empty: it never reports; null: it is written.</summary>
    public Func<long, int, string?> Fails { get; set; } = (_, _) => null;

    /// <summary>Why a manifest is not written; empty where it is.</summary>
    public Func<long, string> CompleteError { get; set; } = _ => "";

    /// <summary>Versions that were ordered to be completed, each once.</summary>
    public SortedSet<long> Completed { get; } = [];

    public List<CompleteCheckpoint> Orders { get; } = [];

    public void Begin(CheckpointSchedule schedule) => _schedule = schedule;

    public string[] PartsOf(string node) => _parts.TryGetValue(node, out var parts) ? [.. parts.Values.Select(part => part.ToText())] : [];

    public void Reached(long version, bool isFinal, Assignment stamped)
    {
        if (!isFinal && !_schedule!.IsDue(version))
            return;
        for (var range = 0; range < stamped.Primaries.Count; range++)
        {
            var error = Fails(version, range);
            if (error is "")
                continue;
            var node = stamped.Primaries[range];
            if (!_parts.TryGetValue(node, out var parts))
                _parts[node] = parts = [];
            parts[range] = error is null
                ? new PartReport(version, range, new RangePart(range, range, 1, $"range-{range}", 100, "5a", 0, -1, default, version * 10), "")
                : new PartReport(version, range, null, error);
            cluster.Find(node)?.ReportSoon();
        }
    }

    public void Open(OpenCheckpoints order)
    {
        var found = order.Resume ? Found : null;
        string[] epochs = [.. (found?.Epochs ?? []).Skip(order.FromEpoch).Take(1).Select(epoch => System.Text.Json.JsonSerializer.Serialize(epoch, CheckpointJson.Default.CheckpointEpoch))];
        cluster.Tell("checkpoints opened", logic => logic.Handle(
            new CheckpointsOpened(
                order.JobId, OpenError, found?.Version ?? 0, found is null ? "" : $"{Folder}/{found.Version}", found?.DataSha256 ?? "", found?.TrainSeconds ?? 0, [],
                found?.Epochs.Count ?? 0, order.FromEpoch, epochs),
            cluster.Now));
    }

    public void Complete(CompleteCheckpoint order)
    {
        Orders.Add(order);
        var error = CompleteError(order.Version);
        if (error.Length == 0)
            Completed.Add(order.Version);
        cluster.Tell("checkpoint completed", logic => logic.Handle(new CheckpointCompleted(order.JobId, order.Version, error), cluster.Now));
    }

    /// <summary>A checkpoint of the job that is played, taken at a version.</summary>
    public static CheckpointManifest At(long version, string dataSha256 = "da1a")
    {
        var state = ConvergenceState.Start;
        var epochs = new List<CheckpointEpoch>();
        for (var step = 4L; step < version; step += 4)
        {
            (state, var decision) = Convergence.Decide(new StopSpec(), state, new EpochResult((int)(step / 4), step, 1.0 / step, null, false));
            epochs.Add(new CheckpointEpoch(new HistoryRow((int)(step / 4), step, 0.1, 1.0 / step, 0, null, [], 0.5, 80), 40, state, decision));
        }

        return new CheckpointManifest
        {
            Format = CheckpointManifest.CurrentFormat,
            Version = version,
            Arithmetic = 1,
            DataSha256 = dataSha256,
            Job = JobFile.Format(SmallJobs.Linear),
            Parameters = 3,
            Parts =
            [
                new RangePart(0, 0, 2, "range-0-of-2.safetensors", 100, "5a", 2, -1, new StepSums(1.0 / 3, 10, 10), version * 10),
                new RangePart(1, 2, 1, "range-1-of-2.safetensors", 60, "5b", 2, -1, default, 0),
            ],
            TrainSeconds = 1.25,
            Epochs = epochs,
        };
    }
}
