using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// In training, sets each element to zero with this probability and divides the others by 1 − rate, so that the mean stays; hands its
/// input on elsewhere (Srivastava et al. 2014).
/// </summary>
public sealed record Dropout(double Rate) : LayerSpec
{
    public override string Kind => "dropout";

    internal override Layer Compile(LayerBuilder builder) => Rate is >= 0 and < 1
        ? new DropoutLayer(this, builder)
        : throw builder.Refuse($"has a rate of {Rate}; it is from 0 to below 1.");
}

/// <summary>
/// y = x · m: m is 0 where a random number of 24 bits is below rate · 2²⁴, else 1 / (1 − rate). The number's key is seed, layer, the row's
/// number in the data set, and step.
/// </summary>
internal sealed class DropoutLayer(Dropout spec, LayerBuilder builder) : Layer(spec, builder, builder.Input)
{
    private const int RandomValues = 1 << 24;

    /// <summary>Exact: a whole multiple of 2⁻²⁴, as the random numbers are.</summary>
    private float Threshold { get; } = (float)(Math.Floor(spec.Rate * RandomValues) / RandomValues);

    private float Kept { get; } = (float)(1 / (1 - spec.Rate));

    private uint Stream { get; } = Philox.StreamOf(builder.Name);

    public override LayerPass CreatePass() => new Pass(this);

    private sealed unsafe class Pass(DropoutLayer layer) : LayerPass(layer)
    {
        /// <summary>(rows, OutputLength): what each element was multiplied with.</summary>
        private MemoryBlock? _mask;

        protected override MemoryBlock ReserveForward(MemoryPlan memory)
        {
            _mask = memory.Reserve(layer.OutputLength);
            return base.ReserveForward(memory);
        }

        protected override MemoryBlock? ReserveBackward(MemoryPlan memory, bool needsInputGradient)
        {
            memory.Use(_mask!);
            return OutputGradient;
        }

        public override void Forward(in Batch batch)
        {
            var length = layer.OutputLength;
            if (!batch.Training)
            {
                var all = batch.Rows * length;
                new ReadOnlySpan<float>(Input.Pointer, all).CopyTo(new Span<float>(Output.Pointer, all));
                return;
            }

            var random = new Philox(batch.Seed, RandomPurpose.Dropout);
            var mask = _mask!.Pointer;
            for (var row = 0; row < batch.Rows; row++)
                random.FillUniform(mask + (long)row * length, length, layer.Stream, batch.RowIds[row], batch.Step);
            Elementwise.Map(new MaskFormula(layer.Threshold, layer.Kept), mask, mask, batch.Rows * length);
            Elementwise.Map(default(Multiplication), Input.Pointer, mask, Output.Pointer, batch.Rows * length);
        }

        public override void Backward(in Batch batch) =>
            Elementwise.Map(
                default(Multiplication), OutputGradient.Pointer, _mask!.Pointer, OutputGradient.Pointer, batch.Rows * layer.OutputLength);
    }

    private readonly struct MaskFormula(float threshold, float kept) : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector uniform)
            where TVector : struct, IVector<TVector>
            => TVector.SelectLess(uniform, TVector.Broadcast(threshold), TVector.Zero, TVector.Broadcast(kept));
    }
}
