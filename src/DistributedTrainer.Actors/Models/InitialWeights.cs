using System.Security.Cryptography;
using System.Text;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// What a run's version 0 is: what the seed makes and, where the job starts from a saved model, that model's parameters by their names. The
/// file's hash counts among the data's: nodes with another file do not take part.
/// </summary>
public static class InitialWeights
{
    /// <param name="parameters">Receives Layout.Length floats.</param>
    /// <exception cref="DataException">The saved model cannot be read.</exception>
    internal static void Write(Job job, Network network, Span<float> parameters)
    {
        network.Initialize(parameters, job.Seed);
        if (job.StartFrom is not { } start)
            return;
        using var file = SafetensorsFile.Open(start.File);
        foreach (var parameter in network.Layout.Parameters.Where(parameter => WhyNot(file, parameter) is null))
            file.Read(parameter.Name, parameter.Shape, parameters.Slice(parameter.Offset, parameter.Length));
    }

    /// <summary>Parameters that the saved model cannot give, each with the reason; empty where the job starts from none.</summary>
    /// <exception cref="DataException">The model cannot be read; or there are some, and the job refuses them.</exception>
    public static IReadOnlyList<string> Mismatches(Job job, Network network)
    {
        if (job.StartFrom is not { } start)
            return [];
        using var file = SafetensorsFile.Open(start.File);
        string[] reasons = [.. network.Layout.Parameters.Select(parameter => WhyNot(file, parameter)).OfType<string>()];
        if (reasons.Length == network.Layout.Parameters.Count)
            throw new DataException($"start-from: {start.File} has none of this model's parameters; it has {string.Join(", ", file.Tensors.Select(tensor => tensor.Name))}");
        return reasons.Length == 0 || start.Mismatches == Coordination.Mismatches.Initialize
            ? reasons
            : throw new DataException(
                $"start-from: {start.File} does not have all of this model's parameters: {string.Join("; ", reasons)}. Write mismatches: initialize to have these begin from the seed");
    }

    /// <summary>The hash that nodes compare: the data's, with the saved model's where there is one.</summary>
    internal static string DataSha256(Job job, DataSet data)
    {
        if (job.StartFrom is not { } start)
            return data.Sha256;
        using var file = File.OpenRead(start.File);
        var model = Convert.ToHexStringLower(SHA256.HashData(file));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{data.Sha256} {model}")));
    }

    private static string? WhyNot(SafetensorsFile file, Parameter parameter)
    {
        if (file.Tensors.FirstOrDefault(tensor => tensor.Name == parameter.Name) is not { } tensor)
            return $"'{parameter.Name}' is not in it";
        var shape = string.Join(", ", parameter.Shape);
        return tensor.Shape.SequenceEqual(parameter.Shape.Select(size => (long)size)) && tensor.Type == "F32"
            ? null
            : $"'{parameter.Name}' is {tensor.Type} of shape {tensor.ShapeText}, and F32 of shape ({shape}) is needed";
    }
}
