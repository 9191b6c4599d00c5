using System.CommandLine;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain cancel ID</c>: stops a job of a running cluster; it keeps the weights it has.</summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The job, as submit and status name it." };
        var seeds = Seeds.CreateOption();
        var config = ConfigFile.CreateOption();
        var command = new Command("cancel", "Stops a job of a running cluster; the model it has is kept.") { id, seeds, config };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(id), Seeds.ReadOrLocal(parsed.GetValue(seeds)), parsed.GetValue(config)));
        return command;
    }

    private static async Task<int> RunAsync(string id, IReadOnlyList<string> seeds, string? config)
    {
        await using var client = await RunningCluster.ConnectAsync(seeds, config);
        if (!await client.CancelAsync(id, RunningCluster.RequestTimeout))
            throw new CommandException($"the cluster has no job '{id}'; see: dtrain status", ExitCode.WrongInput);
        Console.Out.WriteLine($"cancelled {id}");
        return ExitCode.Done;
    }
}
