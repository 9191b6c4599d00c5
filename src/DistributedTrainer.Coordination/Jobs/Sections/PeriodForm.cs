using System.Text.Json.Nodes;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>A number of steps or of epochs: <c>100 steps</c>, <c>2 epochs</c>.</summary>
internal sealed class PeriodForm : Form<Period>
{
    private static readonly string[] Units = ["steps", "step", "epochs", "epoch"];
    private static readonly CountForm Steps = new("steps", long.MaxValue);
    private static readonly CountForm Epochs = new("epochs", int.MaxValue);

    public static PeriodForm Instance { get; } = new();

    public override Period Read(Found found) => Quantity.Read(found, Units, "100 steps").Unit[0] == 'e'
        ? Period.Epochs(Epochs.Read(found))
        : Period.Steps(Steps.Read(found));

    public override JobNode Write(Period value, Purpose purpose) => (value.InEpochs ? Epochs : Steps).Write(value.Count, purpose);

    public override JsonObject Schema() => Quantity.Schema(Units);
}
