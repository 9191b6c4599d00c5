using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>Philox 4×32-10 for one block a lane. Sixteen blocks make 64 elements: word w of block b goes to element 16·w + b.</summary>
internal readonly unsafe struct PhiloxKernel<TForm>(
    TForm form, PhiloxBlock counter, uint key0, uint key1, float* destination, int n) : IVectorKernel
    where TForm : struct, IPhiloxForm
{
    private const int BlocksPerGroup = 16;
    private const int ElementsPerGroup = 64;

    public void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var lanes = stackalloc int[BlocksPerGroup];
        for (var lane = 0; lane < BlocksPerGroup; lane++)
            lanes[lane] = lane;

        var group = 0;
        for (; group <= n - ElementsPerGroup; group += ElementsPerGroup)
            FillGroup<TVector>(lanes, group, destination + group);
        if (group == n)
            return;

        var last = stackalloc float[ElementsPerGroup];
        FillGroup<TVector>(lanes, group, last);
        for (var i = group; i < n; i++)
            ((int*)destination)[i] = ((int*)last)[i - group];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FillGroup<TVector>(int* lanes, int firstElement, float* elements)
        where TVector : struct, IVector<TVector>
    {
        var firstBlock = TVector.BroadcastBits(firstElement / ElementsPerGroup * BlocksPerGroup);
        for (var lane = 0; lane < BlocksPerGroup; lane += TVector.Count)
        {
            var word0 = TVector.AddBits(firstBlock, TVector.Load((float*)(lanes + lane)));
            var word1 = TVector.BroadcastBits((int)counter.Word1);
            var word2 = TVector.BroadcastBits((int)counter.Word2);
            var word3 = TVector.BroadcastBits((int)counter.Word3);
            Encrypt(ref word0, ref word1, ref word2, ref word3);
            form.Apply(ref word0, ref word1, ref word2, ref word3);
            TVector.Store(word0, elements + lane);
            TVector.Store(word1, elements + BlocksPerGroup + lane);
            TVector.Store(word2, elements + (2 * BlocksPerGroup) + lane);
            TVector.Store(word3, elements + (3 * BlocksPerGroup) + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Encrypt<TVector>(ref TVector word0, ref TVector word1, ref TVector word2, ref TVector word3)
        where TVector : struct, IVector<TVector>
    {
        var multiplier0 = TVector.BroadcastBits(unchecked((int)PhiloxBlock.Multiplier0));
        var multiplier1 = TVector.BroadcastBits(unchecked((int)PhiloxBlock.Multiplier1));
        var (round0, round1) = (key0, key1);
        for (var round = 0; round < PhiloxBlock.Rounds; round++)
        {
            var low0 = TVector.MultiplyBits(word0, multiplier0, out var high0);
            var low1 = TVector.MultiplyBits(word2, multiplier1, out var high1);
            word0 = TVector.Xor(TVector.Xor(high1, word1), TVector.BroadcastBits((int)round0));
            word1 = low1;
            word2 = TVector.Xor(TVector.Xor(high0, word3), TVector.BroadcastBits((int)round1));
            word3 = low0;
            round0 = unchecked(round0 + PhiloxBlock.KeyStep0);
            round1 = unchecked(round1 + PhiloxBlock.KeyStep1);
        }
    }
}
