using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>The saved model: placeholder until the formats land.</summary>
public static class ModelFolder
{
    public static void Write(string folder, Job job, Network network, DataSet data, ReadOnlySpan<float> parameters, string weightsSha256) =>
        File.WriteAllBytes(Path.Combine(folder, "weights.bin"), System.Runtime.InteropServices.MemoryMarshal.AsBytes(parameters).ToArray());
}
