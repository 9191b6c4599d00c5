namespace DistributedTrainer.Benchmarks;

/// <summary>What a product is for decides how its operands are stored.</summary>
public enum ProductKind
{
    /// <summary>C = A · B, both stored as they are.</summary>
    Square,

    /// <summary>Y (rows, outputs) = X (rows, inputs) · Wᵀ with W (outputs, inputs).</summary>
    Forward,

    /// <summary>The same with W packed before the clock starts, as it is for all but a step's first product.</summary>
    ForwardPacked,

    /// <summary>dX (rows, inputs) = dY (rows, outputs) · W.</summary>
    InputGradient,

    /// <summary>The same with W packed before.</summary>
    InputGradientPacked,

    /// <summary>dW (outputs, inputs) = dYᵀ (outputs, rows) · X (rows, inputs), all rows one shard.</summary>
    WeightGradient,

    /// <summary>The same with the rows cut into 8 shards, added in tree order.</summary>
    WeightGradientOf8Shards,
}

/// <summary>One line of the table, and the least ratio to the peer that the project asks for there, or none.</summary>
public readonly record struct GemmShape(ProductKind Kind, int Rows, int Inputs, int Outputs, double? Target)
{
    public (int M, int N, int K) Sizes => Kind switch
    {
        ProductKind.InputGradient or ProductKind.InputGradientPacked => (Rows, Inputs, Outputs),
        ProductKind.WeightGradient or ProductKind.WeightGradientOf8Shards => (Outputs, Inputs, Rows),
        _ => (Rows, Outputs, Inputs),
    };

    public string Name => Kind switch
    {
        ProductKind.Square => $"{Rows}³",
        ProductKind.Forward => $"forward, {Rows} rows × {Inputs}×{Outputs}",
        ProductKind.ForwardPacked => $"forward, packed before, {Rows} rows × {Inputs}×{Outputs}",
        ProductKind.InputGradient => $"input gradient, {Rows} rows × {Inputs}×{Outputs}",
        ProductKind.InputGradientPacked => $"input gradient, packed before, {Rows} rows × {Inputs}×{Outputs}",
        ProductKind.WeightGradient => $"weight gradient, {Rows} rows × {Inputs}×{Outputs}",
        _ => $"weight gradient of 8 shards, {Rows} rows × {Inputs}×{Outputs}",
    };

    public static IEnumerable<GemmShape> All()
    {
        foreach (var size in (int[])[64, 128, 256, 512, 1024])
            yield return new GemmShape(ProductKind.Square, size, size, size, size >= 256 ? 0.95 : null);
        foreach (var (inputs, outputs) in ((int, int)[])[(784, 128), (1024, 1024)])
        {
            foreach (var kind in Enum.GetValues<ProductKind>())
            {
                if (kind == ProductKind.Square)
                    continue;
                double? target = kind switch
                {
                    ProductKind.Forward or ProductKind.InputGradient => 0.80,
                    ProductKind.WeightGradient => 1.10,
                    _ => null,
                };
                foreach (var rows in (int[])[8, 16, 32, 64])
                    yield return new GemmShape(kind, rows, inputs, outputs, target);
                if (kind is ProductKind.WeightGradient or ProductKind.WeightGradientOf8Shards)
                    yield return new GemmShape(kind, 256, inputs, outputs, null);
            }
        }
    }

    /// <summary>A few small shapes of every kind, which run in moments.</summary>
    public static IEnumerable<GemmShape> Smoke() =>
        Enum.GetValues<ProductKind>().Select(kind => new GemmShape(kind, 16, 16, 16, null));
}
