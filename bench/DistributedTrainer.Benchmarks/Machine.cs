using System.Runtime.InteropServices;

namespace DistributedTrainer.Benchmarks;

/// <summary>What a committed result was measured on.</summary>
internal static class Machine
{
    private const string ProcessorList = "/proc/cpuinfo";

    public static string Description => string.Join(
        ", ",
        Processor,
        $"{Environment.ProcessorCount} cores visible",
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    private static string Processor
    {
        get
        {
            if (!File.Exists(ProcessorList))
                return RuntimeInformation.ProcessArchitecture.ToString();
            var facts = File.ReadLines(ProcessorList)
                .TakeWhile(line => line.Length > 0)
                .Select(line => line.Split(':', 2))
                .Where(parts => parts.Length == 2)
                .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
            return facts.TryGetValue("model name", out var name)
                ? $"{name} (family {facts.GetValueOrDefault("cpu family")}, model {facts.GetValueOrDefault("model")})"
                : RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
