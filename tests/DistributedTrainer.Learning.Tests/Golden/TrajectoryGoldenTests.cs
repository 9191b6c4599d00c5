using System.Text.Json;

namespace DistributedTrainer.Learning.Tests;

public sealed class TrajectoryGoldenTests
{
    private const string FileName = "trajectories.json";

    public static TheoryData<int, string> Cases => GoldenFile.Rows(FileName, item => item.GetProperty("name").GetString()!);

    [Theory]
    [MemberData(nameof(Cases))]
    public void LossesAndFinalWeights(int index, string name)
    {
        foreach (var shards in (int[])[1, 3, 8])
            Run(GoldenFile.Cases(FileName)[index], $"{name}, {shards} shards", shards);
    }

    private static void Run(JsonElement item, string name, int shards)
    {
        var (x, y) = (item.Floats("x"), item.Floats("y"));
        var (rows, inputs, batch) = (item.Shape("x")[0], item.Shape("x")[1], item.GetProperty("batch").GetInt32());
        var targets = y.Length / rows;
        var settings = item.GetProperty("settings");
        var network = Network.Compile(Model(item), Loss(item), [inputs], targets, Classes(item));
        using var trainer = new Trainer(
            network,
            GoldenSpecs.Optimizer(settings.GetProperty("optimizer").GetString()!, settings),
            new PenaltySpec(item.GetProperty("l1").GetDouble(), item.GetProperty("l2").GetDouble()),
            batch,
            shards);
        foreach (var (parameter, initial) in network.Layout.Parameters.Zip(item.GetProperty("initial").EnumerateObject()))
            item.GetProperty("initial").Floats(initial.Name).CopyTo(trainer.Parameters.Span[parameter.Offset..]);

        var losses = item.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble()).ToArray();
        var reached = new float[losses.Length];
        for (var step = 0; step < losses.Length; step++)
        {
            var batchRows = Enumerable.Range(0, batch).Select(j => (step * batch + j) % rows).ToArray();
            reached[step] = (float)trainer.Step(
                [.. batchRows.SelectMany(row => x.AsSpan(row * inputs, inputs).ToArray())],
                [.. batchRows.SelectMany(row => y.AsSpan(row * targets, targets).ToArray())]);
        }

        Close.To(losses, reached, 1e-3, $"{name}: loss");
        foreach (var (parameter, final) in network.Layout.Parameters.Zip(item.GetProperty("final").EnumerateObject()))
        {
            Close.To(
                item.GetProperty("final").Array(final.Name),
                trainer.Parameters.Span.Slice(parameter.Offset, parameter.Length),
                1e-3,
                $"{name}: final {final.Name}");
        }
    }

    /// <summary>Linear layers with relu between them; the weights' shapes say how wide.</summary>
    private static List<LayerSpec> Model(JsonElement item)
    {
        var initial = item.GetProperty("initial");
        var weights = initial.EnumerateObject().Where(parameter => parameter.Name.EndsWith("weight")).ToList();
        return
        [
            .. weights.Select((weight, i) => new Dense(initial.Shape(weight.Name)[0])
            {
                Activation = i < weights.Count - 1 ? Activation.Relu : Activation.None,
            }),
        ];
    }

    private static LossSpec Loss(JsonElement item) => Classes(item) > 0 ? new CrossEntropy() : new MeanSquaredError();

    /// <summary>Class targets are a vector of indexes, values a matrix.</summary>
    private static int Classes(JsonElement item) =>
        item.Shape("y").Length > 1 ? 0 : item.GetProperty("final").EnumerateObject().Last().Value.GetProperty("shape")[0].GetInt32();
}
