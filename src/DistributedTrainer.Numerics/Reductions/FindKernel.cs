namespace DistributedTrainer.Numerics;

/// <summary>The lowest index of a value that is in the array; of the first NaN where the value is NaN.</summary>
internal unsafe struct FindKernel(float* x, int n, float value) : IVectorKernel
{
    public int Index { get; private set; }

    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        // Whole vectors without it are skipped; the value is known to be there, so the scalar search ends.
        var i = 0;
        var wanted = TVector.Broadcast(value);
        for (; i <= n - TVector.Count; i += TVector.Count)
        {
            var candidates = TVector.Load(x + i);
            var isNaN = VectorMath.IsNaN(candidates);
            if (TVector.AnyTrue(TVector.Or(TVector.Equal(candidates, wanted), isNaN)))
                break;
        }

        while (x[i] != value && !float.IsNaN(x[i]))
            i++;
        Index = i;
    }
}
