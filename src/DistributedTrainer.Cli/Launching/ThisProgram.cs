using System.Diagnostics;

namespace DistributedTrainer.Cli;

/// <summary>How to start this program once more.</summary>
internal static class ThisProgram
{
    /// <summary>Works for <c>dtrain</c>, <c>dotnet run</c>, <c>dotnet dtrain.dll</c> and the .NET tool.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments)
    {
        var executable = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this process is unknown");
        var start = new ProcessStartInfo(executable) { UseShellExecute = false, CreateNoWindow = true };
        // Under the plain host the program is its first argument; a host of its own finds it by name.
        if (Path.GetFileNameWithoutExtension(executable).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(typeof(ThisProgram).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }
}
