using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

public sealed class JobRunTests : IDisposable
{
    private readonly string _working = Directory.CreateTempSubdirectory("dtrain-run-").FullName;
    private readonly StringWriter _results = new();
    private readonly StringWriter _progress = new();
    private readonly StringWriter _errors = new();
    private readonly FakeHost _host = new();

    public void Dispose() => Directory.Delete(_working, recursive: true);

    [Fact]
    public async Task ACompletedRunLeavesItsReport()
    {
        var report = ReportFolder.Create(null, Samples.Job, _working);
        _host.Say(Samples.Started, Samples.Epoch(1), Samples.Epoch(1), Samples.Epoch(2), Samples.Finished());

        Assert.Equal(ExitCode.Done, await RunAsync(report, json: false));

        Assert.Equal(["history.csv", "job.yaml", "report.html", "run.json"], Directory.EnumerateFiles(report.Path).Select(Path.GetFileName).Order());
        Assert.Equal(3, File.ReadAllLines(report.PathOf(ReportFolder.HistoryFile)).Length);
        Assert.Contains("weights_sha256  cc", _results.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonIsOneObjectAndNothingElse()
    {
        _host.Say(Samples.Started, Samples.Epoch(1), Samples.Finished());

        await RunAsync(null, json: true);

        Assert.Equal("completed", JsonDocument.Parse(_results.ToString()).RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public async Task AJobThatIsWrongLeavesNothing()
    {
        var report = ReportFolder.Create(null, Samples.Job, _working);
        _host.Say(Samples.Finished("failed", "digits.csv: the target column is missing", ExitCode.WrongInput));

        var error = await Assert.ThrowsAsync<CommandException>(() => RunAsync(report, json: false));

        Assert.Equal(("digits.csv: the target column is missing", ExitCode.WrongInput), (error.Message, error.ExitCode));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_working));
    }

    [Fact]
    public async Task ANodeThatDiesLeavesAReportOfWhatWasSeen()
    {
        var report = ReportFolder.Create(null, Samples.Job, _working);
        _host.Say(Samples.Started, Samples.Epoch(1));
        _host.Fail(new CommandException("node-2 died (exit code 9)", ExitCode.Failed));

        Assert.Equal(ExitCode.Failed, await RunAsync(report, json: true));

        var printed = JsonDocument.Parse(_results.ToString()).RootElement;
        Assert.Equal("failed", printed.GetProperty("state").GetString());
        Assert.Equal("node-2 died (exit code 9)", printed.GetProperty("stop_reason").GetString());
        Assert.Equal(45, printed.GetProperty("steps").GetInt32());
        Assert.True(File.Exists(report.PathOf(ReportFolder.RunFile)));
        Assert.Contains("node-2 died", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailedRunSaysWhyAndEndsWithOne()
    {
        _host.Say(Samples.Started, Samples.Finished("failed", "the loss of step 7 is NaN", ExitCode.Failed));

        Assert.Equal(ExitCode.Failed, await RunAsync(null, json: false));
        Assert.Contains("dtrain: the loss of step 7 is NaN", _errors.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(ReportFolder? report, bool json) =>
        new JobRun(_host, Samples.Record, report, new Screen(_results, _progress, _errors, IsLive: false, 140), json, new ManualTime(), begin: 0).RunAsync(Samples.Submission);

    private sealed class FakeHost : IJobHost
    {
        private readonly Channel<JobEvent> _events = Channel.CreateUnbounded<JobEvent>();

        public void Say(params JobEvent[] events)
        {
            foreach (var jobEvent in events)
                _events.Writer.TryWrite(jobEvent);
        }

        public void Fail(Exception exception) => _events.Writer.Complete(exception);

        public IAsyncEnumerable<JobEvent> RunAsync(JobSubmission submission) => FollowAsync();

        public void Cancel(string reason, int exitCode) => throw new InvalidOperationException("nobody sent a signal");

        public void Abort() => throw new InvalidOperationException("nobody sent a signal");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async IAsyncEnumerable<JobEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await foreach (var jobEvent in _events.Reader.ReadAllAsync(cancellation))
            {
                yield return jobEvent;
                if (jobEvent is JobFinished)
                    yield break;
            }
        }
    }
}
