using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A whole number from <paramref name="least"/> to the type's largest.</summary>
internal sealed class WholeForm<T>(T least) : Form<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    public string Expectation { get; } = string.Create(CultureInfo.InvariantCulture, $"a whole number of {least} or more");

    public override T Read(Found found)
    {
        if (found.Node is not ScalarNode { Quoted: false } scalar || !Numerals.IsWhole(scalar.Text)) throw found.Expected(Expectation);
        if (!T.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < least)
            throw found.Expected($"a whole number from {least} to {T.MaxValue}");
        return value;
    }

    public override JobNode Write(T value, Purpose purpose) => ScalarNode.Plain(value.ToString(null, CultureInfo.InvariantCulture));

    public override JsonObject Schema() => new()
    {
        ["type"] = "integer",
        ["minimum"] = long.CreateChecked(least),
        ["maximum"] = ulong.CreateChecked(T.MaxValue),
    };
}
