namespace DistributedTrainer.Learning;

/// <summary>
/// One step of time of one direction, for all rows: pointers stand at the step's place in the first row. H is the layer's units, G
/// its gates; an array over all steps has a stride from row to row, one of the step alone lies without gaps.
/// </summary>
internal unsafe struct CellStep
{
    public int Rows;
    public int Units;

    /// <summary>
    /// (G·H) at <see cref="GateStride"/>. Forward: receives the activated gates. Backward: the gates in, the gradient by the inputs' sums
    /// out.
    /// </summary>
    public float* Gates;
    public int GateStride;

    /// <summary>Forward: (rows, G·H) without gaps, the inputs' sums.</summary>
    public float* Input;

    /// <summary>
    /// Forward: (rows, G·H) without gaps, the hidden states' sums. Backward: (G·H) at <see cref="GateStride"/>, receives the gradient
    /// by those sums; it may be <see cref="Gates"/> where both gradients are one.
    /// </summary>
    public float* Recurrent;

    /// <summary>(G·H) each: what is added to the inputs' and to the hidden states' sums.</summary>
    public float* InputBias;
    public float* RecurrentBias;

    /// <summary>(H) at <see cref="HiddenStride"/>: hidden state before the step, and where the next step finds the one after it (null at the last).</summary>
    public float* Before;
    public float* After;
    public int HiddenStride;

    /// <summary>(H) at <see cref="KeptStride"/>: what the cell keeps of the step, and of the step before (zeros at the first).</summary>
    public float* Kept;
    public float* KeptBefore;

    /// <summary>(H) at <see cref="KeptStride"/>: a second such array, without a past.</summary>
    public float* Second;
    public int KeptStride;

    /// <summary>(H) at <see cref="OutputStride"/>: the step's output, or backward the gradient by it; null where the step gives none.</summary>
    public float* Output;
    public int OutputStride;

    /// <summary>(rows, H) without gaps: gradient by the hidden state after the step, by way of the next step's product.</summary>
    public float* HiddenGradient;

    /// <summary>(rows, H) without gaps: gradient that flows from step to step beside the product; the cell reads and replaces it.</summary>
    public float* CarriedGradient;

    /// <summary>The same step for the next row.</summary>
    /// <param name="backward">Whether <see cref="Recurrent"/> is the array over all steps.</param>
    public void NextRow(int gates, bool backward)
    {
        Gates += GateStride;
        Input += gates * Units;
        Recurrent += backward ? GateStride : gates * Units;
        Before += HiddenStride;
        Kept += KeptStride;
        KeptBefore += KeptStride;
        Second += KeptStride;
        HiddenGradient += Units;
        CarriedGradient += Units;
        if (After is not null)
            After += HiddenStride;
        if (Output is not null)
            Output += OutputStride;
    }
}
