using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// What a server does for checkpoints: knows which versions are due, has them captured between two steps, and has a thread of its own write
/// them. One at a time: what falls due while the disk is still busy is left out, unless the run ends there.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="range">The server's range.</param>
/// <param name="place">Whose disk it is, and whose job actor hears what was written.</param>
internal sealed class RangeCheckpoints(OpenedJob job, ServerRange range, ServerPlace place)
{
    private readonly CheckpointSchedule _schedule = new(job.Job.Checkpoint.Every, job.Plan, job.StartVersion);
    private readonly CheckpointMarks? _marks = range.Index == 0 ? new CheckpointMarks(job.Job.Checkpoint.Every, place.Surroundings.Now) : null;
    private readonly bool _isOn = job.CheckpointFolder.Length > 0 && job.Job.Checkpoint.Every.Unit != CheckpointUnit.Never;
    private Task<TimeSpan> _writing = Task.FromResult(TimeSpan.Zero);
    private long _announced = -1;
    private long _last = -1;
    private long _captured = job.StartVersion;

    /// <summary>The leading server: the version to announce on the frames of the one being published; 0 for none.</summary>
    public long Mark(long version, bool isHeld, bool isFinal)
    {
        if (!_isOn || _marks is null)
            return 0;
        if (_writing.IsCompletedSuccessfully)
            _marks.Took(_writing.Result);
        var mark = _marks.At(version, isHeld, isFinal, place.Surroundings.Now);
        Announce(mark, isFinal);
        return mark;
    }

    /// <summary>The leading server has chosen a version, by its clock or because the run ends there.</summary>
    public void Announce(long version, bool isLast)
    {
        _announced = Math.Max(_announced, version);
        if (isLast)
            _last = version;
    }

    /// <summary>To be asked whenever the state is whole at a version, before the decision that may be due there.</summary>
    public bool IsDue(long version) => _isOn && version > _captured && (version == _announced || _schedule.IsDue(version))
        && (_writing.IsCompleted || version == _last || version == job.Plan.TotalSteps);

    /// <summary>Hands the captured state over to be written.</summary>
    /// <param name="snapshot">Released once it is on disk.</param>
    public void Write(RangeSnapshot snapshot)
    {
        _captured = snapshot.Version;
        _marks?.Begun(place.Surroundings.Now);
        _writing = WriteAndTell(_writing, snapshot);
    }

    /// <summary>Waits for the disk and for nothing else: no part of it belongs to the actor's thread.</summary>
    private async Task<TimeSpan> WriteAndTell(Task before, RangeSnapshot snapshot)
    {
        await before.ConfigureAwait(false);
        var begin = place.Surroundings.Now;
        try
        {
            var part = await place.Surroundings.Disk.WritePart(job.CheckpointFolder, snapshot, job.Ranges.Count).ConfigureAwait(false);
            place.JobActor.Tell(new PartWritten(new PartReport(snapshot.Version, range.Index, part, "")), ActorRefs.NoSender);
        }
        catch (Exception exception)
        {
            place.JobActor.Tell(
                new PartWritten(new PartReport(snapshot.Version, range.Index, null, $"cannot write to {job.CheckpointFolder}: {DiskError.Reason(exception)}")), ActorRefs.NoSender);
        }
        finally
        {
            snapshot.Release();
        }

        return place.Surroundings.Now - begin;
    }
}

/// <summary>A server's part of a checkpoint is on disk, or could not be written.</summary>
internal sealed record PartWritten(PartReport Report);

/// <summary>The leading server's mark has arrived: this version becomes a checkpoint.</summary>
/// <param name="IsLast">The run ends at it.</param>
internal sealed record CheckpointAnnounced(long Version, bool IsLast);

/// <summary>A range's state at the version that the run begins from has been read from disk, or could not be.</summary>
/// <param name="Snapshot">The receiver releases it; null where it could not be read.</param>
internal sealed record RangeRestored(int Range, RangeSnapshot? Snapshot, string Error);
