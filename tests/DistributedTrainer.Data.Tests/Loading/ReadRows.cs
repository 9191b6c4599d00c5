namespace DistributedTrainer.Data.Tests;

/// <summary>Reads parts into arrays.</summary>
internal static unsafe class ReadRows
{
    public static float[][] Inputs(this Examples part, int inputLength) =>
        [.. Enumerable.Range(0, part.Count).Select(row => part.Input(row, inputLength))];

    public static float[] Input(this Examples part, int row, int inputLength)
    {
        var input = new float[inputLength];
        fixed (float* to = input)
            part.Read([row], to, null);
        return input;
    }

    public static float[] Targets(this Examples part, int inputLength, int targetLength = 1)
    {
        var inputs = new float[part.Count * inputLength];
        var targets = new float[part.Count * targetLength];
        fixed (float* toInputs = inputs, toTargets = targets)
            part.Read([.. Enumerable.Range(0, part.Count)], toInputs, toTargets);
        return targets;
    }
}
