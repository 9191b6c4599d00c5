using System.Text.Json;
using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// The coordinator's hands on the checkpoint folder, on its own node. Orders are repeated until they are answered; each is carried out once,
/// on a thread of its own, and its answer is given again.
/// </summary>
/// <param name="folders">Where jobs may have files.</param>
internal sealed class NodeCheckpoints(IActorRef coordinator, FolderRules folders)
{
    /// <summary>Epochs in one message: a control message is bounded in length, and a history is not.</summary>
    private const int EpochsAtOnce = 500;

    private (string JobId, bool Resume, Task<Opened> Result) _opening = ("", false, Task.FromResult(new Opened()));
    private (string JobId, long Version, Task<string> Result) _completing = ("", -1, Task.FromResult(""));

    public void Open(OpenCheckpoints order)
    {
        if ((_opening.JobId, _opening.Resume) != (order.JobId, order.Resume))
            _opening = (order.JobId, order.Resume, InThread(() => folders.WriteRefusal(order.Folder) is { } refusal ? new Opened { Error = refusal } : Open(order.JobText, order.Folder, order.Resume)));
        Then(_opening.Result, opened =>
        {
            var manifest = opened.Manifest ?? new CheckpointManifest();
            coordinator.Tell(
                new CheckpointsOpened(
                    order.JobId, opened.Error, manifest.Version, opened.Folder, manifest.DataSha256, manifest.TrainSeconds, [.. opened.Notes], manifest.Epochs.Count,
                    order.FromEpoch, [.. manifest.Epochs.Skip(order.FromEpoch).Take(EpochsAtOnce).Select(Text)]),
                ActorRefs.NoSender);
        });
    }

    /// <param name="book">The node's copy of the coordinator's book, which has everything that the order rests on.</param>
    public void Complete(CompleteCheckpoint order, IReadOnlyList<string> book)
    {
        if ((_completing.JobId, _completing.Version) != (order.JobId, order.Version))
        {
            string[] entries = [.. book];
            _completing = (order.JobId, order.Version, InThread(() => folders.WriteRefusal(order.Folder) ?? Complete(order, entries)));
        }

        Then(_completing.Result, error => coordinator.Tell(new CheckpointCompleted(order.JobId, order.Version, error), ActorRefs.NoSender));
    }

    private static Opened Open(string jobText, string folder, bool resume)
    {
        try
        {
            var job = JobFile.Parse(jobText, "submitted job");
            if (job.Checkpoint.Every.Unit != CheckpointUnit.Never)
                CheckpointFolder.Prepare(folder);
            if (!resume)
            {
                return CheckpointFolder.HasAny(folder)
                    ? new Opened { Error = $"{folder} holds the checkpoints of an earlier run; go on with that run by --resume, or set checkpoint.path to another folder" }
                    : new Opened();
            }

            var notes = new List<string>();
            if (CheckpointFolder.FindNewest(folder, notes) is not var (manifest, place))
                return new Opened { Notes = notes };
            return ResumeCheck.WhyNot(manifest, place, job, ArithmeticVersion.Current) is { } reason
                ? new Opened { Error = reason }
                : new Opened { Manifest = manifest, Folder = place, Notes = notes };
        }
        catch (Exception exception) when (exception is DataException or JobFileException or IOException or UnauthorizedAccessException)
        {
            return new Opened { Error = exception.Message };
        }
    }

    private static string Complete(CompleteCheckpoint order, string[] book)
    {
        try
        {
            CheckpointFolder.Complete(order.Folder, CheckpointManifest.Compose(order, book, ArithmeticVersion.Current), order.Keep);
            return "";
        }
        catch (Exception exception) when (exception is DataException or IOException or UnauthorizedAccessException)
        {
            return $"cannot finish the checkpoint in {order.Folder}: {DiskError.Reason(exception)}";
        }
    }

    private static string Text(CheckpointEpoch epoch) => JsonSerializer.Serialize(epoch, CheckpointJson.Default.CheckpointEpoch);

    private static Task<T> InThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Then<T>(Task<T> task, Action<T> answer) => task.ContinueWith(
        done => answer(done.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

    /// <summary>What was found in the folder.</summary>
    private sealed record Opened
    {
        public string Error { get; init; } = "";

        public CheckpointManifest? Manifest { get; init; }

        public string Folder { get; init; } = "";

        public IReadOnlyList<string> Notes { get; init; } = [];
    }
}
