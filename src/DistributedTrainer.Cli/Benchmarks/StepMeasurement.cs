using System.Text.Json.Serialization;

namespace DistributedTrainer.Cli;

/// <summary>Which steps of a job to measure: from version First on, so many.</summary>
internal sealed record StepWindow(long First, int Steps)
{
    /// <summary>Steps that the job must have: one more lets every node notice that the window is over.</summary>
    [JsonIgnore]
    public int JobSteps => checked((int)(First + Steps + 1));
}

/// <summary>What one node saw of the steps in the window.</summary>
/// <param name="Times">On the leading server's node; null on others.</param>
/// <param name="Phases">Null on nodes that have no shards or no range.</param>
/// <param name="AllocatedBytes">By all threads of the process.</param>
/// <param name="MethodsCompiled">Above zero, the compiler still competed for the processor: a longer warm-up would be better.</param>
/// <param name="PeakMemoryBytes">Resident, since the process began.</param>
internal sealed record StepMeasurement(
    StepTimes? Times, StepPhases? Phases, long AllocatedBytes, int Gen0Collections, int Gen2Collections, int MethodsCompiled, long PeakMemoryBytes);

/// <summary>Where a step's time goes on one node, means.</summary>
/// <param name="ComputeMs">From the last parameters' arrival until the gradients are computed and handed on.</param>
/// <param name="UpdateMs">From there until this node's ranges are updated: waiting for the other nodes' sums, adding, updating, publishing.</param>
/// <param name="ParametersMs">From there until the other servers' ranges are here too.</param>
internal sealed record StepPhases(double ComputeMs, double UpdateMs, double ParametersMs);

/// <summary>Times between commits.</summary>
/// <param name="MeanMs">Wall time ÷ steps.</param>
internal sealed record StepTimes(double MeanMs, double MedianMs, double P99Ms)
{
    /// <param name="milliseconds">By step; sorted here.</param>
    public static StepTimes Of(double[] milliseconds)
    {
        var mean = milliseconds.Average();
        Array.Sort(milliseconds);
        return new StepTimes(mean, At(0.5), At(0.99));

        double At(double share) => milliseconds[Math.Max(0, (int)Math.Ceiling(share * milliseconds.Length) - 1)];
    }
}
