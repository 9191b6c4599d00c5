using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>A process's way to the disk: everything takes a while, and what a process has begun is lost with it.</summary>
internal sealed class SimulatedNodeDisk(SimulatedNode node, SimulatedDisk disk) : IJobDisk
{
    private readonly Dictionary<(string JobId, bool Resume), CheckpointsOpened> _opened = [];

    private World World => node.World;

    public Task<RangePart> WritePart(string checkpoints, RangeSnapshot snapshot, int ranges) => Later(() => disk.Write(snapshot, ranges));

    public Task<RangeSnapshot> ReadRange(string folder, long version, ServerRange range, BufferPool pool) => Later(() => disk.Read(version, range, pool));

    public Task<ModelSaved> SaveModel(OpenedJob job, ModelCollector collector) => Later(() =>
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(collector.Parameters.Span)));
        return new ModelSaved(job.Id, hash, "model", false, 0, [], [], "");
    });

    /// <summary>As <see cref="NodeCheckpoints"/> does: each order is carried out once, and its answer given again.</summary>
    public void Open(OpenCheckpoints order, Action<CheckpointsOpened> answer) => node.Post(World.Between(1, 30), () =>
    {
        if (!_opened.TryGetValue((order.JobId, order.Resume), out var opened))
            _opened[(order.JobId, order.Resume)] = opened = Search(order);
        answer(opened with { FromEpoch = order.FromEpoch, EpochTexts = opened.EpochTexts[Math.Min(order.FromEpoch, opened.EpochTexts.Length)..] });
    });

    public void Complete(CompleteCheckpoint order, IReadOnlyList<string> book, Action<CheckpointCompleted> answer)
    {
        string[] entries = [.. book];
        node.Post(World.Between(1, 30), () =>
        {
            var error = disk.Complete(CheckpointManifest.Compose(order, entries, ArithmeticVersion.Current), order.Keep);
            World.Note($"checkpoint of step {order.Version} {(error.Length == 0 ? "is written" : error)}");
            answer(new CheckpointCompleted(order.JobId, order.Version, error));
        });
    }

    private CheckpointsOpened Search(OpenCheckpoints order)
    {
        if (!order.Resume)
            return new CheckpointsOpened(order.JobId, disk.HasAny ? "the folder holds the checkpoints of an earlier run" : "", 0, "", "", 0, [], 0, 0, []);
        var notes = new List<string>();
        if (disk.FindNewest(notes) is not var (manifest, place))
            return new CheckpointsOpened(order.JobId, "", 0, "", "", 0, [.. notes], 0, 0, []);
        return ResumeCheck.WhyNot(manifest, place, JobFile.Parse(order.JobText, "submitted job"), ArithmeticVersion.Current) is { } reason
            ? new CheckpointsOpened(order.JobId, reason, 0, "", "", 0, [], 0, 0, [])
            : new CheckpointsOpened(
                order.JobId, "", manifest.Version, place, manifest.DataSha256, manifest.TrainSeconds, [.. notes], manifest.Epochs.Count, 0,
                [.. manifest.Epochs.Select(epoch => JsonSerializer.Serialize(epoch, CheckpointJson.Default.CheckpointEpoch))]);
    }

    private Task<T> Later<T>(Func<T> work)
    {
        // Whoever waits for it goes on in the story's thread.
        var done = new TaskCompletionSource<T>();
        node.Post(World.Between(1, 60), () =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (IOException error)
            {
                done.SetException(error);
            }
        });
        return done.Task;
    }
}
