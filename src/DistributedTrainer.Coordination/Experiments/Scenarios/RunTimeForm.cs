using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A moment of a run: after so many steps, after so many epochs, or so long after the training began.</summary>
internal sealed class RunTimeForm : Form<RunTime>
{
    private const string Example = "200 steps";

    private static readonly string[] Units = ["steps", "step", "epochs", "epoch", "s", "ms", "min", "h"];

    public static RunTimeForm Instance { get; } = new();

    public override RunTime Read(Found found)
    {
        var (number, unit) = Quantity.Read(found, Units, Example);
        if (unit is "s" or "ms" or "min" or "h")
            return RunTime.After(DurationForm.Instance.Read(found));
        if (!decimal.IsInteger(number) || number is < 1 or > long.MaxValue / 2)
            throw found.Expected($"a whole number of {unit}, 1 or more");
        return unit is "epochs" or "epoch" ? RunTime.Epochs((long)number) : RunTime.Steps((long)number);
    }

    public override JobNode Write(RunTime value, Purpose purpose) => ScalarNode.Plain(value.ToString());

    public override JsonObject Schema() => Quantity.Schema(Units);
}
