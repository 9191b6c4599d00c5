using System.Text;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>One run from the hand-over of its job to its report: follows the events, shows and records them, and listens to signals.</summary>
/// <param name="begin">Timestamp of the command's start, for the time that all of it took.</param>
internal sealed class JobRun(IJobHost host, RunRecord record, ReportFolder? report, Screen screen, bool json, TimeProvider time, long begin)
{
    /// <summary>After a signal: from asking for a stop to ending without an answer.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly ProgressView _view = new(screen, time);
    private readonly List<HistoryRow> _history = [];
    private RunRecord _record = record;
    private volatile bool _interrupted;

    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">The job, its data or the cluster is not fit to begin; nothing is left of the report folder.</exception>
    public async Task<int> RunAsync(JobSubmission submission)
    {
        var failure = await FollowAsync(submission);
        _view.Close();
        var result = _record.Result ?? Unfinished(failure!);
        if (result.ExitCode is ExitCode.WrongInput or ExitCode.NotAdmitted && _record.Started is null)
        {
            report?.Discard();
            throw new CommandException(result.StopReason, result.ExitCode);
        }

        if (result.ExitCode == ExitCode.Failed || _record.Result is null)
            screen.Errors.WriteLine(failure?.Text ?? $"dtrain: {result.StopReason}");
        Conclude(result);
        return result.ExitCode;
    }

    /// <returns>Why there is no result, where there is none.</returns>
    private async Task<Failure?> FollowAsync(JobSubmission submission)
    {
        using var stopDeadline = time.CreateTimer(_ => host.Abort(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var interruption = new Interruption(
            () =>
            {
                _interrupted = true;
                screen.Progress.WriteLine();
                screen.Progress.WriteLine("stopping after this step; once more to end at once");
                stopDeadline.Change(StopTimeout, Timeout.InfiniteTimeSpan);
                host.Cancel("interrupted", ExitCode.Interrupted);
            },
            host.Abort);
        try
        {
            using var history = report is null ? null : new HistoryWriter(report.PathOf(ReportFolder.HistoryFile), keepsEarlier: report.IsResumed);
            await foreach (var jobEvent in host.RunAsync(submission))
            {
                var before = _record;
                _record = before.With(jobEvent);
                if (_record.Started is not null && before.Started is null)
                    report?.Begin(_record.Job);
                if (_record.Epoch != before.Epoch)
                {
                    _history.Add(_record.Epoch!);
                    history?.Append(_record.Epoch!);
                }

                if (_record != before || jobEvent is JobAccepted)
                    _view.Show(_record, jobEvent);
            }

            return null;
        }
        catch (Exception exception)
        {
            return Failure.Of(exception);
        }
    }

    private JobResult Unfinished(Failure failure) => _interrupted
        ? _record.Unfinished("stopped", "interrupted", ExitCode.Interrupted)
        : _record.Unfinished("failed", failure.Reason, failure.ExitCode);

    private void Conclude(JobResult result)
    {
        var wallSeconds = time.GetElapsedTime(begin).TotalSeconds;
        var begun = _record.Started is not null;
        if (begun)
            report?.WriteWhole(ReportFolder.RunFile, RunJson.Write(_record.Job.Name, _record.JobId, result, wallSeconds, indented: true));
        else
            report?.Discard();
        if (json)
            screen.Results.WriteLine(Encoding.UTF8.GetString(RunJson.Write(_record.Job.Name, _record.JobId, result, wallSeconds, indented: false)));
        else
            RunSummary.Write(screen.Results, _record.Job.Name, result, wallSeconds, begun ? report?.Path : null);
        screen.Results.Flush();
        if (begun)
            report?.WriteWhole(ReportPage.FileName, Encoding.UTF8.GetBytes(RunPage.Html(_record, result, _history)));
    }
}
