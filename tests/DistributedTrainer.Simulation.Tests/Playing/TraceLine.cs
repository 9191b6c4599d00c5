using System.Globalization;
using System.Runtime.CompilerServices;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>A line of the trace, which is only made where somebody keeps it.</summary>
[InterpolatedStringHandler]
internal ref struct TraceLine
{
    private DefaultInterpolatedStringHandler _text;

    public TraceLine(int literals, int values, World world, out bool isKept)
    {
        isKept = world.KeepsTrace;
        _text = isKept ? new DefaultInterpolatedStringHandler(literals, values, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Text() => _text.ToStringAndClear();
}
