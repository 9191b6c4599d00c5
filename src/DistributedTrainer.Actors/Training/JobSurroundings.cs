using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// What a job's actors take from the world besides messages: the time, and work that lasts as long as a disk does. Everything else that
/// they do follows from what they are told, so a simulation that puts its own in this place can play a whole cluster in one thread.
/// </summary>
/// <param name="Time">Intervals only; a node's clock is compared with no other's.</param>
/// <param name="Disk">Reads and writes.</param>
internal sealed record JobSurroundings(TimeProvider Time, IJobDisk Disk)
{
    public static JobSurroundings Real { get; } = new(TimeProvider.System, new JobDisk());

    /// <summary>Since some moment before the job began.</summary>
    public TimeSpan Now => Time.GetElapsedTime(0);
}

/// <summary>A job's work that takes as long as the disk does. None of it happens on the caller's thread.</summary>
internal interface IJobDisk
{
    /// <inheritdoc cref="PartWriter.Write"/>
    Task<RangePart> WritePart(string checkpoints, RangeSnapshot snapshot, int ranges);

    /// <inheritdoc cref="CheckpointReader.Read"/>
    Task<RangeSnapshot> ReadRange(string folder, long version, ServerRange range, BufferPool pool);

    /// <inheritdoc cref="ModelSaver.Save"/>
    Task<ModelSaved> SaveModel(OpenedJob job, ModelCollector collector);
}

/// <summary>The machine's disk, a thread for each piece of work.</summary>
internal sealed class JobDisk : IJobDisk
{
    public Task<RangePart> WritePart(string checkpoints, RangeSnapshot snapshot, int ranges) => Task.Factory.StartNew(
        () => PartWriter.Write(checkpoints, snapshot, ranges), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public Task<RangeSnapshot> ReadRange(string folder, long version, ServerRange range, BufferPool pool) =>
        Task.Run(() => CheckpointReader.Read(folder, version, range, pool));

    public Task<ModelSaved> SaveModel(OpenedJob job, ModelCollector collector) => Task.Run(() => ModelSaver.Save(job, collector));
}
