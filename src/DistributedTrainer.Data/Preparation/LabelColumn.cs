using System.Globalization;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Data;

/// <summary>A column of text: the distinct values in order of appearance, and a code by row.</summary>
internal sealed class LabelColumn
{
    private readonly List<string> _values = [];
    private readonly Dictionary<string, int> _codes = [];
    private readonly List<int> _rows = [];

    /// <summary>Distinct values; a code is an index into them.</summary>
    public IReadOnlyList<string> Values => _values;

    public int Count => _rows.Count;

    /// <summary>By row: the code, or −1 where the value is missing.</summary>
    public ReadOnlySpan<int> Codes => CollectionsMarshal.AsSpan(_rows);

    public void Add(ReadOnlySpan<char> value)
    {
        var lookup = _codes.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(value, out var code))
        {
            code = _values.Count;
            _values.Add(value.ToString());
            _codes.Add(_values[code], code);
        }

        _rows.Add(code);
    }

    public void AddMissing() => _rows.Add(-1);

    /// <summary>Sorts names: as numbers where all are numbers, else by code unit.</summary>
    public static List<string> Sort(IEnumerable<string> names)
    {
        var sorted = names.Order(StringComparer.Ordinal).ToList();
        return sorted.TrueForAll(name => TryNumber(name, out _))
            ? [.. sorted.OrderBy(name => TryNumber(name, out var number) ? number : double.NaN)]
            : sorted;
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
