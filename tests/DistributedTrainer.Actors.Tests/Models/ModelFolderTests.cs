using System.Security.Cryptography;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors.Tests;

public sealed class ModelFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtrain-model-").FullName;
    private readonly string _hash;
    private readonly float[] _parameters;

    public ModelFolderTests()
    {
        var job = JobFile.Parse(
            """
            name: iris
            data: { source: iris, validation: 0.2, normalize: min-max }
            model: [ { dense: { units: 5, activation: relu, name: hidden } }, { dense: { units: 3, bias: false } } ]
            loss: cross-entropy
            optimizer: { adam: { learning-rate: 0.01 } }
            """,
            "iris.yaml");
        using var data = DataSet.Load(job.Data, TargetType.Class, job.Seed);
        var network = Network.Compile(job.Model, job.Loss, data.InputShape, data.TargetLength, data.Classes.Count);
        using var parameters = new FloatBuffer(network.Layout.Length);
        network.Initialize(parameters.Span, 7);
        _parameters = parameters.Span.ToArray();
        _hash = Convert.ToHexStringLower(SHA256.HashData(parameters.Bytes));
        ModelFolder.Write(_folder, job, network, data, parameters.Span, _hash);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ArraysHaveTheDocumentedNamesAndPyTorchsShapes()
    {
        using var file = SafetensorsFile.Open(Path.Combine(_folder, ModelFolder.WeightsFile));

        Assert.Equal(["hidden.weight (5, 4)", "hidden.bias (5)", "dense-2.weight (3, 5)"], file.Tensors.Select(tensor => $"{tensor.Name} {tensor.ShapeText}"));
        var weight = new float[20];
        file.Read("hidden.weight", [5, 4], weight);
        Assert.Equal(_parameters[..20], weight);
    }

    [Fact]
    public void AModelComesBackAsItWas()
    {
        using var model = ModelFolder.Read(_folder);

        Assert.Equal(_hash, model.Description.WeightsSha256);
        Assert.Equal(["setosa", "versicolor", "virginica"], model.Description.Classes);
        Assert.Equal(Normalization.MinMax, model.Description.Preparation.Normalization);
        Assert.Equal(4, model.Description.Preparation.Factor.Count);
        Assert.Equal(["hidden", "dense-2"], model.Description.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void NewRowsArePreparedAsTrainingRowsWere()
    {
        using var model = ModelFolder.Read(_folder);
        var columns = string.Join(',', model.Description.Preparation.Columns.Select(column => column.Name));
        var file = Path.Combine(_folder, "new.csv");
        File.WriteAllText(file, $"{columns}\n5.1,3.5,1.4,0.2\n6.2,3.4,5.4,2.3\n");
        using var rows = DataSet.LoadForPrediction(new DataFiles(file), model.Description.Preparation);

        var predicted = new List<float>();
        model.Predict(rows.Examples, (first, count, outputs) =>
        {
            Assert.Equal((0, 2), (first, count));
            predicted.AddRange(outputs.ToArray());
        });

        Assert.Equal(Naive([5.1f, 3.5f, 1.4f, 0.2f], model).Concat(Naive([6.2f, 3.4f, 5.4f, 2.3f], model)), predicted, (expected, found) => Math.Abs(expected - found) < 1e-5);
    }

    [Fact]
    public void ItsOwnPartsAreScored()
    {
        using var model = ModelFolder.Read(_folder);

        var (part, rows, score) = Assert.Single(model.ScoreOwnParts());

        Assert.Equal(("validation", 30), (part, rows));
        Assert.True(double.IsFinite(score.Loss));
        Assert.Equal(["accuracy"], score.Metrics.Select(metric => metric.Key));
    }

    [Fact]
    public void In_int8_it_predicts_almost_the_same_and_the_same_again()
    {
        using var model = ModelFolder.Read(_folder);
        var (trained, quantized) = (model.ScoreOwnParts()[0].Score, model.ScoreOwnParts(quantized: true)[0].Score);
        Assert.NotEqual(trained.Loss, quantized.Loss);
        Assert.InRange(quantized.Loss, trained.Loss - 0.05, trained.Loss + 0.05);
        Assert.Equal(quantized.Loss, model.ScoreOwnParts(quantized: true)[0].Score.Loss);
        Assert.Equal(5 * 4 + 3 * 5, model.Quantized.Weights);
    }

    /// <summary>The file holds float32; what a job in bfloat16 reported of it is what is measured of it again.</summary>
    [Fact]
    public async Task A_model_in_bfloat16_is_scored_as_its_training_scored_it()
    {
        using var folder = new TemporaryFolder();
        var result = await Trainer.TrainAsync(
            SmallJobs.Digits with { Precision = Precision.Bfloat16, Data = SmallJobs.Digits.Data with { TestFraction = 0.1 } }, folder.Path);
        using var model = ModelFolder.Read(folder.Path);
        Assert.Equal(result.WeightsSha256, model.Description.WeightsSha256);
        Assert.Equal([result.Validation!.Loss, result.Test!.Loss], model.ScoreOwnParts().Select(part => part.Score.Loss));
    }

    [Fact]
    public void WeightsOfAnotherModelAreRefused()
    {
        var path = Path.Combine(_folder, ModelFolder.WeightsFile);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Contains($"belongs to {_hash}", Assert.Throws<DataException>(() => ModelFolder.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoModelIsSaidToBeNone()
    {
        Assert.Contains("not a model's folder", Error(Path.GetTempPath()), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, ModelFolder.DescriptionFile), "{");
        Assert.Contains(ModelFolder.DescriptionFile, Error(_folder), StringComparison.Ordinal);

        static string Error(string folder) => Assert.Throws<DataException>(() => ModelFolder.Read(folder)).Message;
    }

    /// <summary>The two layers by hand: relu(W₁x + b₁), then W₂.</summary>
    private float[] Naive(float[] row, SavedModel model)
    {
        var preparation = model.Description.Preparation;
        var x = row.Select((value, column) => (value - preparation.Offset[column]) * preparation.Factor[column]).ToArray();
        var hidden = Enumerable.Range(0, 5).Select(unit =>
            Math.Max(0, Enumerable.Range(0, 4).Sum(input => _parameters[unit * 4 + input] * x[input]) + _parameters[20 + unit])).ToArray();
        return [.. Enumerable.Range(0, 3).Select(unit => Enumerable.Range(0, 5).Sum(input => _parameters[25 + unit * 5 + input] * hidden[input]))];
    }
}
