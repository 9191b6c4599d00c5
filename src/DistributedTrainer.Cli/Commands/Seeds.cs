using System.CommandLine;
using System.Globalization;

namespace DistributedTrainer.Cli;

/// <summary>Addresses of nodes to ask first, and the environment's word where the command line has none.</summary>
internal static class Seeds
{
    public const int DefaultPort = 4053;

    public static Option<string?> CreateOption() =>
        new("--seeds") { Description = $"Nodes of the cluster. Default: $CLUSTER_SEEDS, else 127.0.0.1:{DefaultPort}", HelpName = "host:port,…" };

    /// <summary>The option's list, else the environment's, else none.</summary>
    /// <exception cref="CommandException">An address is not host:port.</exception>
    public static IReadOnlyList<string> Read(string? option) => option is not null
        ? Parse(option, "--seeds")
        : Environment.GetEnvironmentVariable("CLUSTER_SEEDS") is { Length: > 0 } text ? Parse(text, "CLUSTER_SEEDS") : [];

    /// <summary>For clients: this machine where nobody says otherwise.</summary>
    public static IReadOnlyList<string> ReadOrLocal(string? option) => Read(option) is { Count: > 0 } seeds ? seeds : [$"127.0.0.1:{DefaultPort}"];

    public static IReadOnlyList<string> Parse(string text, string origin)
    {
        var seeds = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (seeds.Length == 0)
            throw new CommandException($"{origin} is '{text}'; allowed is host:port,host:port,…", ExitCode.WrongInput);
        foreach (var seed in seeds)
        {
            var colon = seed.LastIndexOf(':');
            if (colon < 1 || !IsPort(seed[(colon + 1)..]))
                throw new CommandException($"{origin} has '{seed}'; allowed is host:port with a port from 1 to 65535", ExitCode.WrongInput);
        }

        return seeds;
    }

    private static bool IsPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535;
}
