namespace DistributedTrainer.Numerics;

/// <summary>
/// The right operand op(B) of products, (k, n), rearranged once into the order in which the kernels read it, and used by many
/// products: a step packs its weights once a node. Packing again reuses the memory.
/// </summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Reserves memory for an operand of k rows and n columns.</summary>
    public PackedMatrix(int k, int n) => (K, N) = (k, n);

    public int K { get; }

    public int N { get; }

    internal float* Source { get; private set; }

    internal int SourceStride { get; private set; }

    internal bool Transposed { get; private set; }

    /// <summary>
    /// Takes the values of <paramref name="b"/>, stored (k, n), or (n, k) where <paramref name="transposed"/>.
    /// The source must stay unchanged until the next Pack.
    /// </summary>
    public void Pack(float* b, int ldb, bool transposed)
    {
        Source = b;
        SourceStride = ldb;
        Transposed = transposed;
    }

    public void Dispose()
    {
    }
}
