using System.CommandLine;
using System.Text.Json;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain submit JOB</c>: hands a job to a running cluster.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var job = new Argument<string>("JOB") { Description = "The job file (YAML); its data must be at the same paths on the nodes." };
        var seeds = Seeds.CreateOption();
        var config = ConfigFile.CreateOption();
        var set = JobInput.CreateSetOption();
        var follow = new Option<bool>("--follow") { Description = "Shows progress until the job is done." };
        var report = new Option<string?>("--report") { Description = "Follows, and writes the report and the model into this folder.", HelpName = "folder" };
        var save = new Option<bool>("--save") { Description = "As --report, into the first free runs/NAME-N." };
        var resume = new Option<bool>("--resume") { Description = "Goes on from the newest checkpoint in checkpoint.path; begins anew where there is none." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object on standard output, and nothing else there." };
        var command = new Command("submit", "Hands a job to a running cluster.") { job, seeds, config, set, follow, report, save, resume, json };
        command.SetAction((parsed, _) => RunAsync(
            JobInput.Read(parsed.GetRequiredValue(job), parsed.GetValue(set)!), Seeds.ReadOrLocal(parsed.GetValue(seeds)), parsed.GetValue(config),
            parsed.GetValue(follow), parsed.GetValue(report), parsed.GetValue(save), parsed.GetValue(resume), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(Job job, IReadOnlyList<string> seeds, string? config, bool follow, string? reportPath, bool save, bool resume, bool json)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var screen = Screen.For(json);
        var submission = new JobSubmission(JobInput.NewId(job), JobFile.Format(job), MinNodes: 1, Servers: 0, Replicas: 1, ModelFolder: null)
        {
            CheckpointFolder = CheckpointPath.Of(job, report: null, resume),
            Resume = resume,
        };
        if (submission.CheckpointFolder is null && job.Checkpoint.Every.Unit != CheckpointUnit.Never)
            screen.Errors.WriteLine("this job keeps no checkpoints: set checkpoint.path to a folder that the coordinator and all servers share");
        await using var client = await RunningCluster.ConnectAsync(seeds, config);
        if (follow || reportPath is not null || save)
        {
            var report = reportPath is null && !save ? null
                : resume ? ReportFolder.Resume(reportPath, job, Environment.CurrentDirectory)
                : ReportFolder.Create(reportPath, job, Environment.CurrentDirectory);
            await using var host = new RunningCluster(client, report?.Path);
            var record = new RunRecord(submission.JobId, job, 0, submission.Replicas, 0) { EarlierSteps = EarlierRun.StepsIn(report) };
            return await new JobRun(host, record, report, screen, json, TimeProvider.System, begin).RunAsync(submission);
        }

        await client.SubmitAsync(submission, RunningCluster.RequestTimeout);
        if (json)
            screen.Results.WriteLine($$"""{"id":"{{JsonEncodedText.Encode(submission.JobId)}}","name":"{{JsonEncodedText.Encode(job.Name)}}"}""");
        else
            screen.Results.WriteLine($"submitted {submission.JobId}; see: dtrain status {submission.JobId}");
        return ExitCode.Done;
    }
}
