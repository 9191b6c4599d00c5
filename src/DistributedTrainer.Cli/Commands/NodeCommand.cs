using System.CommandLine;
using System.Globalization;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain node</c>: runs one node of a cluster until it is stopped.</summary>
internal static class NodeCommand
{
    /// <summary>For <c>bench exchange</c>.</summary>
    public const string ExchangeOnly = "--exchange-only";

    /// <summary>For <c>experiment</c>.</summary>
    public const string CanInjectFaults = "--can-inject-faults";

    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(15);
    private static readonly string[] KnownRoles = ["coordinator", "server", "worker"];

    public static Command Create()
    {
        var config = ConfigFile.CreateOption();
        var roles = new Option<string?>("--roles") { Description = $"Any of {string.Join(',', KnownRoles)}. Default: all", HelpName = "role,…" };
        var seeds = Seeds.CreateOption();
        seeds.Description = "Nodes to join. Default: $CLUSTER_SEEDS, else none: this node starts a cluster";
        var port = new WholeNumberOption("--port", $"The port to listen on, 0 for a free one. Default: $CLUSTER_PORT, else {Seeds.DefaultPort}", 0, 65535);
        var threads = new WholeNumberOption("--threads", "Compute threads. Default: one a core", 1, 1024);
        var managed = new Option<bool>("--managed") { Description = "Takes orders of a launcher on standard input.", Hidden = true };
        var exchangeOnly = new Option<bool>(ExchangeOnly) { Description = "Computes no gradients.", Hidden = true };
        var faults = new Option<bool>(CanInjectFaults) { Description = "Its network and speed can be interfered with.", Hidden = true };
        var command = new Command("node", "Runs one node of a cluster until it is stopped. Others reach it by $CLUSTER_IP (default 127.0.0.1).")
        {
            config, roles, seeds, port, threads, managed, exchangeOnly, faults,
        };
        command.SetAction((parsed, _) =>
        {
            var options = Options(ConfigFile.Read(parsed.GetValue(config)), parsed.GetValue(roles), parsed.GetValue(port), parsed.GetValue(threads), parsed.GetValue(seeds)) with
            {
                ExchangeOnly = parsed.GetValue(exchangeOnly),
                CanInjectFaults = parsed.GetValue(faults),
            };
            return parsed.GetValue(managed) ? ManagedNode.RunAsync(options) : RunAsync(options, Seeds.Read(parsed.GetValue(seeds)));
        });
        return command;
    }

    private static async Task<int> RunAsync(NodeOptions options, IReadOnlyList<string> seeds)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interruption = new Interruption(() => stop.TrySetResult(), HardExit.Now);
        await using var node = await ClusterNode.StartAsync(options);
        Console.Out.WriteLine($"dtrain node {node.Address}, roles {string.Join(',', options.Roles)}, process {Environment.ProcessId}");
        var joining = node.JoinAsync(seeds.Count > 0 ? seeds : [node.Address], JoinTimeout);
        if (await Task.WhenAny(joining, stop.Task, node.Stopped) == joining)
        {
            await joining;
            Console.Out.WriteLine("joined");
            Console.Out.WriteLine(node.DescribeSurvival());
        }

        if (await Task.WhenAny(stop.Task, node.Stopped) == stop.Task)
        {
            Console.Out.WriteLine("leaving");
            HardExit.After(LeaveTimeout + TimeSpan.FromSeconds(1));
            await node.LeaveAsync(LeaveTimeout);
            return ExitCode.Done;
        }

        var (reason, exitCode) = await node.Stopped;
        return exitCode == ExitCode.Done ? exitCode : throw new CommandException($"the node stopped: {reason}", exitCode);
    }

    private static NodeOptions Options(ConfigFile? config, string? roles, int? port, int? threads, string? seeds) => new()
    {
        Host = OwnAddress.Read(Seeds.Read(seeds)),
        Port = port ?? PortOfEnvironment() ?? Seeds.DefaultPort,
        Roles = roles is null ? KnownRoles : Roles(roles),
        Threads = threads ?? 0,
        Hocon = config?.Text,
        HoconName = config?.Path ?? "",
    };

    private static int? PortOfEnvironment()
    {
        if (Environment.GetEnvironmentVariable("CLUSTER_PORT") is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new CommandException($"CLUSTER_PORT is '{text}'; allowed is a port from 0 to 65535", ExitCode.WrongInput);
    }

    private static string[] Roles(string text)
    {
        var roles = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var wrong = roles.Length == 0 ? text : roles.FirstOrDefault(role => !KnownRoles.Contains(role));
        return wrong is null
            ? [.. roles.Distinct()]
            : throw new CommandException(
                $"--roles has '{wrong}'; allowed are {string.Join(", ", KnownRoles)}{Nearest.Hint(wrong, KnownRoles)}", ExitCode.WrongInput);
    }
}
