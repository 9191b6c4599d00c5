using System.Security.Cryptography;
using System.Text.Json;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>A saved model on disk: model.safetensors with the weights, model.json with everything else.</summary>
public static class ModelFolder
{
    public const string WeightsFile = "model.safetensors";
    public const string DescriptionFile = "model.json";

    /// <param name="folder">Is created where it does not exist.</param>
    /// <param name="parameters">Layout.SavedLength floats in layout order.</param>
    /// <param name="weightsSha256">Their hash.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(string folder, Job job, Network network, DataSet data, ReadOnlySpan<float> parameters, string weightsSha256)
    {
        Directory.CreateDirectory(folder);
        var description = new ModelDescription
        {
            Format = ModelDescription.CurrentFormat,
            Arithmetic = ArithmeticVersion.Current,
            Name = job.Name,
            WeightsSha256 = weightsSha256,
            InputShape = data.InputShape,
            Inputs = data.Columns,
            Classes = data.Classes,
            TargetLength = data.TargetLength,
            Layers = network.Summary,
            Preparation = data.Preparation,
            Job = JobFile.Format(job),
        };
        // Whole files only: the weights first, since the description is what makes a folder a model.
        var weights = Path.Combine(folder, WeightsFile);
        using (var file = File.Create(weights + ".tmp"))
        {
            var tensors = network.Layout.Parameters.Select(parameter => (parameter.Name, parameter.Shape)).ToList();
            SafetensorsWriter.Write(file, tensors, parameters, new Dictionary<string, string> { ["format"] = "pt", ["weights_sha256"] = weightsSha256 });
        }

        File.Move(weights + ".tmp", weights, overwrite: true);
        var text = Path.Combine(folder, DescriptionFile);
        File.WriteAllBytes(text + ".tmp", JsonSerializer.SerializeToUtf8Bytes(description, ModelDescriptionJson.Default.ModelDescription));
        File.Move(text + ".tmp", text, overwrite: true);
    }

    /// <exception cref="DataException">A file is missing or damaged, or the two do not belong together.</exception>
    /// <exception cref="JobFileException">The job in model.json is of another version.</exception>
    public static SavedModel Read(string folder)
    {
        var description = ReadDescription(folder);
        var job = JobFile.Parse(description.Job, Path.Combine(folder, DescriptionFile));
        var network = Network.Compile(job.Model, job.Loss, description.InputShape, description.TargetLength, description.Classes.Count, job.Precision);
        var path = Path.Combine(folder, WeightsFile);
        using var file = SafetensorsFile.Open(path);
        // A file that has them all was opened: what the description claims is not believed before.
        foreach (var parameter in network.Layout.Parameters)
            file.Require(parameter.Name, parameter.Shape);
        var parameters = new FloatBuffer(network.Layout.Length);
        try
        {
            foreach (var parameter in network.Layout.Parameters)
                file.Read(parameter.Name, parameter.Shape, parameters.Span.Slice(parameter.Offset, parameter.Length));
            var found = Convert.ToHexStringLower(SHA256.HashData(parameters.Bytes));
            if (found != description.WeightsSha256)
                throw new DataException($"{path}: its weights have SHA-256 {found}, but {DescriptionFile} belongs to {description.WeightsSha256}");
            SavedModel.Round(job, parameters);
            return new SavedModel(description, job, network, parameters);
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    private static ModelDescription ReadDescription(string folder)
    {
        var path = Path.Combine(folder, DescriptionFile);
        if (!File.Exists(path))
            throw new DataException($"{folder}: not a model's folder; {DescriptionFile} is missing. Name the report folder of a finished run");
        try
        {
            var description = JsonSerializer.Deserialize(File.ReadAllBytes(path), ModelDescriptionJson.Default.ModelDescription)
                ?? throw new DataException($"{path}: null; the description of a model is needed");
            return description.Format == ModelDescription.CurrentFormat
                ? description
                : throw new DataException($"{path}: format {description.Format}; this version reads format {ModelDescription.CurrentFormat}");
        }
        catch (JsonException exception)
        {
            throw new DataException($"{path}: {exception.Message}", exception);
        }
    }
}
