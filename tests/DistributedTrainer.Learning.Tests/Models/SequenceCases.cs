using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>Sequence layers in forms that the golden files do not have, small enough to check every way.</summary>
internal static class SequenceCases
{
    public const int Rows = 5;
    public const int Width = 12;
    public const int Vocabulary = 7;

    private static readonly Dictionary<string, (LayerSpec[] Layers, int[] Input)> All = new()
    {
        ["rnn, relu, two layers"] = ([new Rnn(5) { Activation = Activation.Relu, Layers = 2 }], [6, Width]),
        ["rnn without bias"] = ([new Rnn(9) { Bias = false }], [6, Width]),
        ["lstm, both directions, two layers"] = ([new Lstm(5) { Bidirectional = true, Layers = 2 }], [6, Width]),
        ["lstm, last of both directions"] = ([new Lstm(11) { Bidirectional = true, Returns = RecurrentOutput.Last }], [6, Width]),
        ["lstm, one position"] = ([new Lstm(4)], [1, Width]),
        ["gru, both directions, two layers, last"] = (
            [new Gru(5) { Bidirectional = true, Layers = 2, Returns = RecurrentOutput.Last }], [6, Width]),
        ["layer norm without bias"] = ([new LayerNorm { Bias = false }], [3, Width]),
        ["learned positions"] = ([new Positions()], [6, Width]),
        ["sinusoidal positions"] = ([new Positions { How = PositionKind.Sinusoidal }, new Dense(5) { PerPosition = true }], [6, Width]),
        ["attention"] = ([new Attention(3)], [10, Width]),
        ["attention, several blocks of keys"] = ([new Attention(2)], [131, Width]),
        ["causal attention, several blocks of keys"] = ([new Attention(2) { Causal = true, Bias = false }], [135, Width]),
        ["causal attention, whole blocks"] = ([new Attention(1) { Causal = true }], [128, Width]),
        ["causal attention, one position"] = ([new Attention(4) { Causal = true }], [1, Width]),
        ["block, norm behind"] = ([new TransformerBlock(4) { Causal = true, Norm = NormPlace.Post, Hidden = 9 }], [7, Width]),
        ["block without bias"] = ([new TransformerBlock(2) { Bias = false }], [7, Width]),
        ["language model with tied weights"] = (
            [
                new Embedding(Width) { Name = "tokens", Vocabulary = Vocabulary },
                new Positions(),
                new TransformerBlock(3) { Causal = true },
                new LayerNorm(),
                new Dense(Vocabulary) { PerPosition = true, Bias = false, Tie = "tokens" },
            ],
            [6]),
        ["dense tied to dense"] = (
            [
                new Dense(Width) { Name = "first", PerPosition = true },
                new Dense(Width) { PerPosition = true, Tie = "first", Activation = Activation.Tanh },
                new Dense(Width) { PerPosition = true, Tie = "first" },
            ],
            [4, Width]),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static LayerAlone Create(string name, int rows = Rows)
    {
        var (layers, input) = All[name];
        var alone = new LayerAlone(layers, input, rows);
        Fill(alone.Parameters, 1, 0.4f);
        return alone;
    }

    /// <summary>(rows, input): tokens where the first layer takes those.</summary>
    public static float[] Input(string name, int rows = Rows)
    {
        var (layers, input) = All[name];
        var values = new float[rows * input.Aggregate((product, size) => product * size)];
        if (layers[0] is Embedding)
            return [.. values.Select((_, i) => (float)(i * i % Vocabulary))];
        Fill(values, 2, 1);
        return values;
    }

    public static unsafe void Fill(float[] values, uint stream, float scale)
    {
        fixed (float* first = values)
            new Philox(17, RandomPurpose.BenchmarkData).FillNormal(first, values.Length, stream, 0, 0);
        for (var i = 0; i < values.Length; i++)
            values[i] *= scale;
    }
}
