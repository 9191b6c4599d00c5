using System.CommandLine;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain bench</c>: measures the product on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures the product on this machine, on real node processes.")
    {
        BenchStepCommand.Create(),
        BenchExchangeCommand.Create(),
        FloorPeer.CreateCommand(),
    };
}
