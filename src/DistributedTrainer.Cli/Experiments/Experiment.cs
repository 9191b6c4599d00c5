using System.Text;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>The runs of an experiment, one after the other, and its report.</summary>
internal sealed class Experiment(ExperimentSetup setup, ReportFolder report, Screen screen, bool json, TimeProvider time)
{
    private readonly ExperimentView _view = new(screen, time);
    private volatile DisturbedRun? _running;
    private volatile bool _isInterrupted;

    /// <returns>The exit code: 1 where an expectation is not met.</returns>
    /// <exception cref="CommandException">The job could not begin; nothing is left of the report folder.</exception>
    public async Task<int> RunAsync()
    {
        using var interruption = new Interruption(Interrupt, HardExit.Now);
        ExperimentRecord? experiment = null;
        try
        {
            experiment = new ExperimentRecord(setup, await RunAsync("clean", "the undisturbed run", null), []);
            for (var repeat = 1; repeat <= setup.Scenario.Repeat && experiment.Clean.Result.State == "completed"; repeat++)
            {
                var number = repeat;
                experiment = experiment.With(await RunAsync(
                    $"run-{repeat}", $"disturbed run {repeat} of {setup.Scenario.Repeat}", steps => new Conductor(setup.Scenario, number, steps)));
            }
        }
        catch (OperationCanceledException)
        {
            screen.Progress.WriteLine("interrupted; every process has been ended");
        }

        if (experiment is null)
        {
            report.Discard();
            throw new OperationCanceledException();
        }

        var isWritten = TryWrite(experiment);
        if (json)
            screen.Results.WriteLine(Encoding.UTF8.GetString(ExperimentJson.Write(experiment, indented: false)));
        else
            ExperimentSummary.Write(screen.Results, experiment, report.Path);
        screen.Results.Flush();
        return _isInterrupted ? ExitCode.Interrupted : experiment.IsMet && isWritten ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>A folder that vanished or a full disk must not cost what was found.</summary>
    private bool TryWrite(ExperimentRecord experiment)
    {
        try
        {
            ExperimentReport.Write(experiment, report);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            screen.Errors.WriteLine($"dtrain: the report could not be written: {exception.Message}");
            return false;
        }
    }

    private async Task<RunOutcome> RunAsync(string name, string title, Func<long, Conductor>? conduct)
    {
        _view.Begin(title);
        var folder = ReportFolder.Create(report.PathOf(name), setup.Job, report.Path);
        var run = _running = new DisturbedRun(setup, conduct, _view, time);
        if (_isInterrupted)
            throw new OperationCanceledException();
        RunOutcome outcome;
        try
        {
            outcome = await run.RunAsync(folder.Path);
        }
        catch (OperationCanceledException)
        {
            folder.DeleteCheckpoints();
            folder.Discard();
            throw;
        }

        folder.DeleteCheckpoints();

        if (outcome.Seen.Started is null && conduct is null)
        {
            folder.Discard();
            report.Discard();
            throw new CommandException(outcome.Result.StopReason, outcome.Result.ExitCode);
        }

        using (var history = new HistoryWriter(folder.PathOf(ReportFolder.HistoryFile)))
        {
            foreach (var row in outcome.Seen.History)
                history.Append(row);
        }

        folder.WriteWhole(ReportFolder.RunFile, RunJson.Write(setup.Job.Name, outcome.Record.JobId, outcome.Result, outcome.WallSeconds, indented: true));
        _view.End(outcome);
        return outcome;
    }

    private void Interrupt()
    {
        _isInterrupted = true;
        _running?.Abort();
    }
}
