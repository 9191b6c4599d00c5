using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// A reduction over 32 logical lanes: element i goes to lane i mod 32; then lane i takes lane i + 16, + 8, + 4, + 2, + 1. A tail
/// shorter than 32 leaves the lanes it does not reach untouched. How many vectors hold the 32 lanes changes no bit.
/// </summary>
internal unsafe struct ReductionKernel<TForm>(TForm form, int n) : IVectorKernel
    where TForm : struct, IReduction
{
    private const int LaneCount = 32;

    public float Result { get; private set; }

    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var lanes = stackalloc float[LaneCount];
        var whole = n - (n % LaneCount);
        if (TVector.Count == 16)
            TakeInTwoVectors<TVector>(lanes, whole);
        else if (TVector.Count == 8)
            TakeInFourVectors<TVector>(lanes, whole);
        else
            TakeInMemory<TVector>(lanes, whole);

        for (var i = whole; i < n; i++)
            TakeOne(lanes + i - whole, i);

        var distance = LaneCount / 2;
        for (; distance >= TVector.Count; distance /= 2)
        {
            for (var lane = 0; lane < distance; lane += TVector.Count)
                TVector.Store(form.Combine(TVector.Load(lanes + lane), TVector.Load(lanes + lane + distance)), lanes + lane);
        }

        for (; distance > 0; distance /= 2)
        {
            for (var lane = 0; lane < distance; lane++)
                Lanes1.Store(form.Combine(Lanes1.Load(lanes + lane), Lanes1.Load(lanes + lane + distance)), lanes + lane);
        }

        Result = lanes[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void TakeOne(float* lane, int index) => Lanes1.Store(form.Take(Lanes1.Load(lane), index), lane);

    private readonly void TakeInTwoVectors<TVector>(float* lanes, int whole)
        where TVector : struct, IVector<TVector>
    {
        var (lanes0, lanes1) = (TVector.Broadcast(form.Identity), TVector.Broadcast(form.Identity));
        for (var i = 0; i < whole; i += LaneCount)
        {
            lanes0 = form.Take(lanes0, i);
            lanes1 = form.Take(lanes1, i + 16);
        }

        TVector.Store(lanes0, lanes);
        TVector.Store(lanes1, lanes + 16);
    }

    private readonly void TakeInFourVectors<TVector>(float* lanes, int whole)
        where TVector : struct, IVector<TVector>
    {
        var (lanes0, lanes1) = (TVector.Broadcast(form.Identity), TVector.Broadcast(form.Identity));
        var (lanes2, lanes3) = (lanes0, lanes1);
        for (var i = 0; i < whole; i += LaneCount)
        {
            lanes0 = form.Take(lanes0, i);
            lanes1 = form.Take(lanes1, i + 8);
            lanes2 = form.Take(lanes2, i + 16);
            lanes3 = form.Take(lanes3, i + 24);
        }

        TVector.Store(lanes0, lanes);
        TVector.Store(lanes1, lanes + 8);
        TVector.Store(lanes2, lanes + 16);
        TVector.Store(lanes3, lanes + 24);
    }

    // Narrow vectors would need more registers than there are: their lanes stay in the first cache.
    private readonly void TakeInMemory<TVector>(float* lanes, int whole)
        where TVector : struct, IVector<TVector>
    {
        for (var lane = 0; lane < LaneCount; lane++)
            lanes[lane] = form.Identity;
        for (var i = 0; i < whole; i += LaneCount)
        {
            for (var lane = 0; lane < LaneCount; lane += TVector.Count)
                TVector.Store(form.Take(TVector.Load(lanes + lane), i + lane), lanes + lane);
        }
    }
}
