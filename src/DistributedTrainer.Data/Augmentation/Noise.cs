using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Data;

/// <summary>Adds a normal number to every value; <paramref name="Deviation"/> is a part of white.</summary>
public sealed record Noise(double Deviation) : Augmentation
{
    internal override unsafe void Apply(in ImageWork image)
    {
        image.Draw.FillNormal(image.Scratch, image.Shape.Length);
        var deviation = (float)Deviation * image.White;
        Elementwise.Map(new AddScaled(deviation), image.Scratch, image.Values, image.Values, image.Shape.Length);
    }

    /// <summary>factor·x + y, rounded once.</summary>
    private readonly struct AddScaled(float factor) : IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x, TVector y)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(TVector.Broadcast(factor), x, y);
    }
}
