using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

/// <summary>A job that is trained in this process with a checkpoint folder.</summary>
internal static class CheckpointedRun
{
    public static async Task<(JobResult Result, IReadOnlyList<JobEvent> Events)> Train(Job job, string folder, bool resume = false, int servers = 1, int threads = 2)
    {
        await using var run = await Start(job, folder, resume, servers, threads);
        return (await run.Result(), [.. run.Heard]);
    }

    /// <summary>Begins a run that the caller may end at any moment.</summary>
    public static async Task<Running> Start(Job job, string folder, bool resume = false, int servers = 1, int threads = 2)
    {
        var node = await ClusterNode.StartAsync(new NodeOptions { Clustered = false, Threads = threads });
        var running = new Running(node);
        node.JobEvents += running.Hear;
        node.Submit(new JobSubmission("job", JobFile.Format(job), 1, servers, 0, Path.Combine(folder, "model"))
        {
            CheckpointFolder = Path.Combine(folder, "checkpoints"),
            Resume = resume,
        });
        return running;
    }

    /// <summary>A folder that holds one checkpoint of another.</summary>
    public static void CopyCheckpoint(string from, long version, string to)
    {
        var target = Directory.CreateDirectory(CheckpointNames.Folder(Path.Combine(to, "checkpoints"), version));
        foreach (var file in Directory.EnumerateFiles(CheckpointNames.Folder(Path.Combine(from, "checkpoints"), version)))
            File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)));
    }

    public static IReadOnlyList<long> Versions(string folder) =>
        [.. CheckpointNames.All(Path.Combine(folder, "checkpoints")).Where(pair => File.Exists(Path.Combine(pair.Folder, CheckpointNames.Manifest))).Select(pair => pair.Version).Order()];

    internal sealed class Running(ClusterNode node) : IAsyncDisposable
    {
        private readonly TaskCompletionSource<JobResult> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly System.Collections.Concurrent.ConcurrentQueue<JobEvent> _heard = new();

        public IEnumerable<JobEvent> Heard => _heard;

        public Task<JobResult> Result() => _finished.Task.WaitAsync(Wait.Bound);

        public void Cancel() => node.Cancel("job", "interrupted", 130);

        public void Hear(JobEvent jobEvent)
        {
            _heard.Enqueue(jobEvent);
            if (jobEvent is JobFinished finished)
                _finished.TrySetResult(finished.Result);
        }

        public ValueTask DisposeAsync() => node.DisposeAsync();
    }
}
