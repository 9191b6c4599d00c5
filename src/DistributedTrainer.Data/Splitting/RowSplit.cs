using DistributedTrainer.Numerics;

namespace DistributedTrainer.Data;

/// <summary>
/// The rows of one source dealt to three parts, each ascending: a pure function of (labels, fractions, seed).
/// </summary>
/// <remarks>
/// Rows are grouped by class (one group for real targets), groups in class order. Within group g the keyed permutation
/// (<see cref="RandomPurpose.Split"/>, stream g) orders the rows: the first are validation, the next test, the rest training. Rounding
/// is carried from group to group: after the groups that hold the first n rows, validation has ⌊n·f + ½⌋, so that the whole part has
/// ⌊N·f + ½⌋ rows and each class is within one row of its share. Every group leaves at least one row to training; what it could not
/// give, the next ones give.
/// </remarks>
internal sealed record RowSplit(int[] Training, int[] Validation, int[] Test)
{
    /// <exception cref="DataException">A fraction is out of range, or a part would be empty.</exception>
    public static RowSplit Draw(string name, int rows, LabelColumn? labels, double validation, double test, ulong seed)
    {
        Check(name, rows, validation, test);
        if (validation == 0 && test == 0)
            return new RowSplit([.. Enumerable.Range(0, rows)], [], []);

        var (trainingRows, validationRows, testRows) = (new List<int>(rows), new List<int>(), new List<int>());
        var groups = GroupByClass(rows, labels);
        var before = 0L;
        for (var group = 0; group < groups.Count; group++)
        {
            var members = groups[group];
            before += members.Count;
            var free = members.Count - 1;
            var toValidation = Math.Clamp((int)(Rounded(before, validation) - validationRows.Count), 0, free);
            var toTest = Math.Clamp((int)(Rounded(before, test) - testRows.Count), 0, free - toValidation);
            var permutation = new Permutation(seed, RandomPurpose.Split, (uint)group, members.Count);
            for (var i = 0; i < members.Count; i++)
            {
                var part = i < toValidation ? validationRows : i < toValidation + toTest ? testRows : trainingRows;
                part.Add(members[permutation.At(i)]);
            }
        }

        RequireRows(name, rows, "validation", validation, validationRows);
        RequireRows(name, rows, "test", test, testRows);
        return new RowSplit(Ascending(trainingRows), Ascending(validationRows), Ascending(testRows));
    }

    private static void Check(string name, int rows, double validation, double test)
    {
        if (rows == 0)
            throw new DataException($"{name}: no rows.");
        foreach (var (part, fraction) in new[] { ("validation", validation), ("test", test) })
        {
            if (!(fraction >= 0 && fraction < 1))
                throw new DataException($"{part}: {fraction} is no fraction of the rows; 0 up to, not including, 1 is allowed.");
        }

        if (validation + test >= 1)
            throw new DataException($"validation {validation} and test {test} leave no rows to train on; their sum must be below 1.");
    }

    private static void RequireRows(string name, int rows, string part, double fraction, List<int> drawn)
    {
        if (fraction > 0 && drawn.Count == 0)
            throw new DataException($"{part}: {fraction} of the {rows} rows of {name} is no row. Take a larger fraction, or none.");
    }

    private static long Rounded(long rows, double fraction) => (long)(rows * fraction + 0.5);

    /// <summary>Row indexes by class, in class order; ascending within.</summary>
    private static List<List<int>> GroupByClass(int rows, LabelColumn? labels)
    {
        if (labels is null)
            return [[.. Enumerable.Range(0, rows)]];
        var groupOfCode = new int[labels.Values.Count];
        var groups = new List<List<int>>();
        var codes = labels.Values.Select((name, code) => (name, code)).ToDictionary(pair => pair.name, pair => pair.code);
        foreach (var name in LabelColumn.Sort(labels.Values))
        {
            groupOfCode[codes[name]] = groups.Count;
            groups.Add([]);
        }

        for (var row = 0; row < rows; row++)
            groups[groupOfCode[labels.Codes[row]]].Add(row);
        return [.. groups.Where(group => group.Count > 0)];
    }

    private static int[] Ascending(List<int> rows)
    {
        rows.Sort();
        return [.. rows];
    }
}
