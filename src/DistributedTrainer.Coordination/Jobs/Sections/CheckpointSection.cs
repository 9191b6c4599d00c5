using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary><c>checkpoint</c>: when the state is written to disk. None of it can change the weights.</summary>
internal static class CheckpointSection
{
    public static Form<CheckpointSpec> Form { get; } = new MapForm<CheckpointSpec>("Writes the state of the run to disk, to resume from.", new CheckpointSpec())
        .Optional("every", "The distance of two checkpoints: 500 steps, 30 s, 1 epochs, or never.", CheckpointIntervalForm.Instance,
            checkpoint => checkpoint.Every, (checkpoint, every) => checkpoint with { Every = every })
        .Optional("keep", "How many of the newest stay on disk.", new WholeForm<int>(1),
            checkpoint => checkpoint.Keep, (checkpoint, keep) => checkpoint with { Keep = keep })
        .Optional("path", "Their folder; by default checkpoints in the report folder.", PathForm.Instance,
            checkpoint => checkpoint.Path, (checkpoint, path) => checkpoint with { Path = path });

    /// <summary>A number of steps or epochs, a time, or the word <c>never</c>.</summary>
    private sealed class CheckpointIntervalForm : Form<CheckpointInterval>
    {
        private const string NeverWord = "never";
        private static readonly string[] Units = ["steps", "step", "epochs", "epoch", "s", "min", "h", "ms"];
        private static readonly CountForm Steps = new("steps", long.MaxValue);
        private static readonly CountForm Epochs = new("epochs", int.MaxValue);

        public static CheckpointIntervalForm Instance { get; } = new();

        public override CheckpointInterval Read(Found found)
        {
            if (found.Node is ScalarNode { Text: NeverWord })
                return CheckpointInterval.Never;
            var (_, unit) = Quantity.Read(found, Units, "500 steps");
            return unit[0] switch
            {
                's' when unit != "s" => CheckpointInterval.Steps(Steps.Read(found)),
                'e' => CheckpointInterval.Epochs(Epochs.Read(found)),
                _ => CheckpointInterval.Never with { Unit = CheckpointUnit.Time, Time = DurationForm.Instance.Read(found) },
            };
        }

        public override JobNode Write(CheckpointInterval value, Purpose purpose) => value.Unit switch
        {
            CheckpointUnit.Steps => Steps.Write(value.Count, purpose),
            CheckpointUnit.Epochs => Epochs.Write(value.Count, purpose),
            CheckpointUnit.Time => DurationForm.Instance.Write(value.Time, purpose),
            _ => ScalarNode.Plain(NeverWord),
        };

        public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(Quantity.Schema(Units), new JsonObject { ["enum"] = new JsonArray(NeverWord) }) };
    }
}
