using System.CommandLine;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain train JOB</c>: trains in this process, or on node processes that it launches.</summary>
internal static class TrainCommand
{
    /// <summary>More processes than this on one machine are a slip of the finger.</summary>
    private const int MostNodes = 64;

    public static Command Create()
    {
        var job = new Argument<string>("JOB") { Description = "The job file (YAML)." };
        var nodes = new WholeNumberOption("--nodes", "Node processes on this machine; 1 trains in this process. Default: 1", 1, MostNodes);
        var servers = new WholeNumberOption("--servers", "Parameter server ranges. Default: 2, or 1 on one node", 1);
        var replicas = new WholeNumberOption("--replicas", "Backups of each range. Default: 1, or 0 on one node", 0, MostNodes - 1);
        var threads = new WholeNumberOption("--threads", "Compute threads of a node. Default: cores / nodes", 1, 1024);
        var set = JobInput.CreateSetOption();
        var resume = new Option<bool>("--resume") { Description = "Goes on from the newest checkpoint in the report folder, or in checkpoint.path; begins anew where there is none." };
        var report = new Option<string?>("--report") { Description = "The report's folder. Default: runs/NAME-N", HelpName = "folder" };
        var json = new Option<bool>("--json") { Description = "Prints run.json's object on standard output, and nothing else there." };
        var command = new Command("train", "Trains a model.") { job, nodes, servers, replicas, threads, set, resume, report, json };
        command.SetAction((parsed, _) => RunAsync(new TrainOptions(
            parsed.GetRequiredValue(job), parsed.GetValue(nodes) ?? 1, parsed.GetValue(servers), parsed.GetValue(replicas), parsed.GetValue(threads),
            parsed.GetValue(set)!, parsed.GetValue(resume), parsed.GetValue(report), parsed.GetValue(json))));
        return command;
    }

    private static async Task<int> RunAsync(TrainOptions options)
    {
        var begin = TimeProvider.System.GetTimestamp();
        if (options.Replicas >= options.Nodes)
            throw new CommandException($"--replicas is {options.Replicas}; {options.Nodes} nodes have room for at most {options.Nodes - 1}", ExitCode.WrongInput);
        var threads = options.Threads ?? Math.Max(1, Environment.ProcessorCount / options.Nodes);
        await using var host = CreateHost(options.Nodes, threads);
        var job = JobInput.Read(options.Job, options.Set);
        var report = options.Resume
            ? ReportFolder.Resume(options.Report, job, Environment.CurrentDirectory)
            : ReportFolder.Create(options.Report, job, Environment.CurrentDirectory);
        var submission = new JobSubmission(
            JobInput.NewId(job), JobFile.Format(job), options.Nodes, options.Servers ?? 0, options.Replicas ?? Math.Min(1, options.Nodes - 1), report.Path)
        {
            CheckpointFolder = CheckpointPath.Of(job, report, options.Resume),
            Resume = options.Resume,
        };
        var record = new RunRecord(submission.JobId, job, options.Nodes, submission.Replicas, threads) { EarlierSteps = EarlierRun.StepsIn(report) };
        return await new JobRun(host, record, report, Screen.For(options.Json), options.Json, TimeProvider.System, begin).RunAsync(submission);
    }

    private static IJobHost CreateHost(int nodes, int threads) => nodes == 1
        ? new SingleProcess(threads)
        : new LocalCluster(nodes, (name, received) => NodeProcess.Start(name, NodeProcess.Arguments(threads), received), TimeProvider.System);

    private sealed record TrainOptions(
        string Job, int Nodes, int? Servers, int? Replicas, int? Threads, IReadOnlyList<string> Set, bool Resume, string? Report, bool Json);
}
