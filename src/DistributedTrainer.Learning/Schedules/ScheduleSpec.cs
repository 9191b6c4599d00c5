namespace DistributedTrainer.Learning;

/// <summary>A number of steps, or of passes over the training rows.</summary>
public readonly record struct Period(long Count, bool InEpochs)
{
    public static Period Steps(long count) => new(count, false);

    public static Period Epochs(long count) => new(count, true);

    public double ToSteps(int stepsPerEpoch) => InEpochs ? (double)Count * stepsPerEpoch : Count;
}

/// <summary>
/// How the learning rate changes over a run, as the user writes it. The optimizer's rate is the highest one; N is the steps of all
/// epochs, or <c>over</c> where that is set, less those of the warm-up.
/// </summary>
public abstract record ScheduleSpec
{
    /// <summary>The first w steps rise in equal parts: step t, from 0, has (t + 1) / (w + 1) of what the schedule begins with.</summary>
    public Period? WarmUp { get; init; }

    /// <summary>Whether the number of epochs decides the rate of every step.</summary>
    public virtual bool SpansTheEpochs => false;
}

/// <summary>The same rate at every step.</summary>
public sealed record ConstantRate : ScheduleSpec;

/// <summary>η·f^⌊t / every⌋.</summary>
public sealed record StepDecay(double Factor, Period Every) : ScheduleSpec;

/// <summary>η·f^(t / every).</summary>
public sealed record ExponentialDecay(double Factor) : ScheduleSpec
{
    public Period Every { get; init; } = Period.Epochs(1);
}

/// <summary>to + (η − to)·(1 + cos(π·t/N)) / 2 (Loshchilov and Hutter 2017, without restarts).</summary>
public sealed record CosineDecay : ScheduleSpec
{
    public double To { get; init; }

    /// <summary>The steps, counted from the first, after which the rate stays; null: those of all epochs.</summary>
    public Period? Over { get; init; }

    public override bool SpansTheEpochs => Over is null;
}

/// <summary>η + (to − η)·t/N.</summary>
public sealed record LinearDecay : ScheduleSpec
{
    public double To { get; init; }

    /// <inheritdoc cref="CosineDecay.Over"/>
    public Period? Over { get; init; }

    public override bool SpansTheEpochs => Over is null;
}

/// <summary>
/// Up to η along half a cosine, and down to nearly nothing along another (Smith and Topin 2019): from η / start over the first
/// <see cref="Rise"/> of the steps, then to η / (start · end).
/// </summary>
public sealed record OneCycle : ScheduleSpec
{
    /// <summary>The part of the steps that the rate rises for.</summary>
    public double Rise { get; init; } = 0.3;

    /// <summary>How much smaller than η the first rate is.</summary>
    public double Start { get; init; } = 25;

    /// <summary>How much smaller than the first rate the last one is.</summary>
    public double End { get; init; } = 1e4;

    public override bool SpansTheEpochs => true;
}

/// <summary>
/// η·fʳ, not below <see cref="To"/>, where r grows by one after each <see cref="Patience"/> epochs in which the watched figure has not
/// become better by more than <see cref="MinDelta"/>.
/// </summary>
public sealed record ReduceOnPlateau : ScheduleSpec
{
    public double Factor { get; init; } = 0.1;

    /// <summary>Epochs without improvement.</summary>
    public int Patience { get; init; } = 10;

    public double MinDelta { get; init; } = 1e-4;

    public double To { get; init; }
}
