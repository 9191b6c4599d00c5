using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>schedule</c>: how the learning rate changes over the run.</summary>
internal static class ScheduleSection
{
    private static readonly UnsetForm<Period> Period = new(PeriodForm.Instance);

    public static Form<ScheduleSpec> Form { get; } = new ChoiceForm<ScheduleSpec>("schedule")
        .Add("constant", Schedule("The same rate at every step.", new ConstantRate()))
        .Add("step", Schedule("Multiplied by a factor, again and again.", new StepDecay(0, default))
            .Required("factor", "What the rate is multiplied by.", NumberForm.Positive, s => s.Factor, (s, v) => s with { Factor = v })
            .Required("every", "How long it stays: 10 epochs, 500 steps.", PeriodForm.Instance, s => s.Every, (s, v) => s with { Every = v }))
        .Add("exponential", Schedule("Multiplied by a power of a factor.", new ExponentialDecay(0))
            .Required("factor", "What the rate is multiplied by in a period.", NumberForm.Positive, s => s.Factor, (s, v) => s with { Factor = v })
            .Optional("every", "The period.", PeriodForm.Instance, s => s.Every, (s, v) => s with { Every = v }))
        .Add("cosine", Schedule("Down along half a cosine (Loshchilov and Hutter 2017).", new CosineDecay())
            .Optional("to", "The rate at the end.", NumberForm.NotNegative, s => s.To, (s, v) => s with { To = v })
            .Optional("over", "Where it ends, counted from the first step; by default with the epochs.", Period, s => s.Over, (s, v) => s with { Over = v }))
        .Add("linear", Schedule("Down, or up, along a line.", new LinearDecay())
            .Optional("to", "The rate at the end.", NumberForm.NotNegative, s => s.To, (s, v) => s with { To = v })
            .Optional("over", "Where it ends, counted from the first step; by default with the epochs.", Period, s => s.Over, (s, v) => s with { Over = v }))
        .Add("one-cycle", Schedule("Up to the optimizer's rate and down to nearly nothing (Smith and Topin 2019).", new OneCycle())
            .Optional("rise", "The part of the steps that the rate rises for.", NumberForm.Fraction, s => s.Rise, (s, v) => s with { Rise = v })
            .Optional("start", "How many times smaller the first rate is.", NumberForm.Positive, s => s.Start, (s, v) => s with { Start = v })
            .Optional("end", "How many times smaller than the first the last one is.", NumberForm.Positive, s => s.End, (s, v) => s with { End = v }))
        .Add("reduce-on-plateau", Schedule("Multiplied by a factor when stop.monitor's figure no longer becomes better.", new ReduceOnPlateau())
            .Optional("factor", "What the rate is multiplied by.", NumberForm.Fraction, s => s.Factor, (s, v) => s with { Factor = v })
            .Optional("patience", "Epochs without improvement.", new CountForm("epochs", int.MaxValue), s => s.Patience, (s, v) => s with { Patience = (int)v })
            .Optional("min-delta", "The smallest change that counts as improvement.", NumberForm.NotNegative, s => s.MinDelta, (s, v) => s with { MinDelta = v })
            .Optional("to", "The smallest rate.", NumberForm.NotNegative, s => s.To, (s, v) => s with { To = v }));

    private static MapForm<T> Schedule<T>(string doc, T blank)
        where T : ScheduleSpec => new MapForm<T>(doc, blank).Optional(
            "warm-up", "How long the rate rises from nearly nothing before.", Period,
            s => s.WarmUp, (s, length) => (T)((ScheduleSpec)s with { WarmUp = length }));
}
