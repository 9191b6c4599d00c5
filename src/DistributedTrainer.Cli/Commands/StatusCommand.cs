using System.CommandLine;
using System.Text;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain status [ID]</c>: jobs and nodes of a running cluster.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("ID") { Description = "One job; all where absent.", Arity = ArgumentArity.ZeroOrOne };
        var seeds = Seeds.CreateOption();
        var config = ConfigFile.CreateOption();
        var json = new Option<bool>("--json") { Description = "Prints one JSON object on standard output, and nothing else there." };
        var command = new Command("status", "Shows jobs and nodes of a running cluster.") { id, seeds, config, json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(id), Seeds.ReadOrLocal(parsed.GetValue(seeds)), parsed.GetValue(config), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string? id, IReadOnlyList<string> seeds, string? config, bool json)
    {
        var screen = Screen.For(json);
        await using var client = await RunningCluster.ConnectAsync(seeds, config);
        var status = await client.StatusAsync(RunningCluster.RequestTimeout);
        if (id is not null)
        {
            if (status.Jobs.All(job => job.Id != id))
                throw new CommandException($"the cluster has no job '{id}'{Nearest.Hint(id, status.Jobs.Select(job => job.Id))}", ExitCode.WrongInput);
            status = status with { Jobs = [.. status.Jobs.Where(job => job.Id == id)] };
        }

        if (json)
            screen.Results.WriteLine(Encoding.UTF8.GetString(StatusJson.Write(status)));
        else
            Write(screen.Results, status);
        return ExitCode.Done;
    }

    private static void Write(TextWriter output, ClusterStatus status)
    {
        TextTable.Write(
            output, ["job", "state", "epoch", "step", "steps"], [false, false, true, true, true],
            [.. status.Jobs.Select(job => (IReadOnlyList<string>)
                [job.Id, job.State, ModelTable.Count(job.Epoch), ModelTable.Count(job.Step), ModelTable.Count(job.Steps)])]);
        output.WriteLine();
        TextTable.Write(
            output, ["node", "process", "roles", "state", "shards", "primaries"], [false, true, false, false, false, false],
            [.. status.Nodes.Select(node => (IReadOnlyList<string>)
                [node.Address, $"{node.Pid}", string.Join(',', node.Roles), node.State, string.Join(',', node.Shards), string.Join(',', node.Primaries)])]);
        foreach (var node in status.Nodes.Where(node => node.RowSources.Count > 0))
            output.WriteLine($"{node.Address} has not the data: {ModelTable.Count(node.RowBytes)} bytes of rows so far from {string.Join(", ", node.RowSources)}");
    }
}
