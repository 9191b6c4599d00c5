using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A whole number of epochs or steps, 1 or more.</summary>
/// <param name="unit">The plural; the singular is its stem without s.</param>
/// <param name="most">The largest number the job can hold.</param>
internal sealed class CountForm(string unit, long most) : Form<long>
{
    private readonly string[] _units = [unit, unit.TrimEnd('s')];

    public override long Read(Found found)
    {
        var (number, _) = Quantity.Read(found, _units, $"5 {unit}");
        return decimal.IsInteger(number) && number >= 1 && number <= most
            ? (long)number
            : throw found.Expected($"a whole number of {unit} from 1 to {most}");
    }

    public override JobNode Write(long value, Purpose purpose) => ScalarNode.Plain($"{Numerals.Text(value)} {(value == 1 ? _units[1] : unit)}");

    public override JsonObject Schema() => Quantity.Schema(_units);
}
