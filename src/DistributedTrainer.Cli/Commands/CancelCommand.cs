using System.CommandLine;
using DistributedTrainer.Actors;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain cancel ID</c>: stops a job of a running cluster; it keeps the weights it has.</summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The job, as submit and status name it." };
        var seeds = Seeds.CreateOption();
        var command = new Command("cancel", "Stops a job of a running cluster; the model it has is kept.") { id, seeds };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(id), Seeds.ReadOrLocal(parsed.GetValue(seeds))));
        return command;
    }

    private static async Task<int> RunAsync(string id, IReadOnlyList<string> seeds)
    {
        await using var client = await ClusterClient.ConnectAsync(seeds, RunningCluster.ConnectTimeout);
        if (!await client.CancelAsync(id, RunningCluster.RequestTimeout))
            throw new CommandException($"the cluster has no job '{id}'; see: dtrain status", ExitCode.WrongInput);
        Console.Out.WriteLine($"cancelled {id}");
        return ExitCode.Done;
    }
}
