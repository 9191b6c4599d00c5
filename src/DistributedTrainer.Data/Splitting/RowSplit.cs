using DistributedTrainer.Numerics;

namespace DistributedTrainer.Data;

/// <summary>
/// The rows of one source dealt to three parts, each ascending: a pure function of (labels, fractions, seed).
/// </summary>
/// <remarks>
/// Rows are grouped by class (one group for real targets), groups in class order. Within group g the keyed permutation
/// (<see cref="RandomPurpose.Split"/>, stream g) orders the rows: the first are validation, the next test, the rest training. Rounding
/// is carried from group to group: after the groups that hold the first n rows, validation has ⌊n·f + ½⌋, so that the whole part has
/// ⌊N·f + ½⌋ rows and each class is within one row of its share. Every group keeps one row for training, validation is served before
/// test; what a group has not to spare, the next ones give, then the first ones, and only when none can is a part smaller.
/// </remarks>
internal sealed record RowSplit(int[] Training, int[] Validation, int[] Test)
{
    /// <summary>Streams of the permutations that choose who keeps a label: behind those of the split.</summary>
    private const uint LabelStreams = 1u << 31;

    /// <summary>Training rows whose labels nobody sees, ascending; they are not among <see cref="Training"/>.</summary>
    public int[] Unlabelled { get; init; } = [];

    /// <summary>The split that a spec asks for.</summary>
    /// <exception cref="DataException">A fraction or a number is out of range, or a part would be empty.</exception>
    public static RowSplit Draw(string name, int rows, LabelColumn? labels, DataSpec spec, ulong seed)
    {
        var split = Draw(name, rows, labels, spec.ValidationFraction, spec.TestFraction, seed);
        return spec.LabelledRows is { } labelled ? split.Hide(name, labels, labelled, seed) : split;
    }

    /// <exception cref="DataException">A fraction is out of range, or a part would be empty.</exception>
    public static RowSplit Draw(string name, int rows, LabelColumn? labels, double validation, double test, ulong seed)
    {
        Check(name, rows, validation, test);
        if (validation == 0 && test == 0)
            return new RowSplit([.. Enumerable.Range(0, rows)], [], []);

        var groups = GroupByClass(Enumerable.Range(0, rows), labels);
        var spare = groups.Select(group => group.Count - 1).ToArray();
        var toValidation = Deal(groups, spare, rows, validation);
        var toTest = Deal(groups, spare, rows, test);
        var (trainingRows, validationRows, testRows) = (new List<int>(rows), new List<int>(), new List<int>());
        for (var group = 0; group < groups.Count; group++)
        {
            var members = groups[group];
            var permutation = new Permutation(seed, RandomPurpose.Split, (uint)group, members.Count);
            for (var i = 0; i < members.Count; i++)
            {
                var part = i < toValidation[group] ? validationRows : i < toValidation[group] + toTest[group] ? testRows : trainingRows;
                part.Add(members[permutation.At(i)]);
            }
        }

        RequireRows(name, rows, "validation", validation, validationRows);
        RequireRows(name, rows, "test", test, testRows);
        return new RowSplit(Ascending(trainingRows), Ascending(validationRows), Ascending(testRows));
    }

    /// <summary>
    /// Puts the labels of all but so many training rows aside. Each class keeps one at least, and its share of the others as in the split.
    /// </summary>
    private RowSplit Hide(string name, LabelColumn? labels, int labelled, ulong seed)
    {
        if (labels is null)
            throw new DataException($"labelled: {name} has real values for targets; only classes can be put aside and found again.");
        var groups = GroupByClass(Training, labels);
        if (labelled < groups.Count || labelled >= Training.Length)
        {
            throw new DataException(
                $"labelled: {labelled} rows; of the {Training.Length} training rows of {name} with {groups.Count} classes {groups.Count} to {Training.Length - 1} can be.");
        }

        var hidden = Deal(groups, [.. groups.Select(group => group.Count - 1)], Training.Length, (Training.Length - labelled) / (double)Training.Length);
        var (training, unlabelled) = (new List<int>(labelled), new List<int>(Training.Length - labelled));
        for (var group = 0; group < groups.Count; group++)
        {
            var permutation = new Permutation(seed, RandomPurpose.Split, LabelStreams + (uint)group, groups[group].Count);
            for (var i = 0; i < groups[group].Count; i++)
                (i < hidden[group] ? unlabelled : training).Add(groups[group][permutation.At(i)]);
        }

        return this with { Training = Ascending(training), Unlabelled = Ascending(unlabelled) };
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

    /// <summary>How many rows each group gives to a part; taken from what it has to spare.</summary>
    private static int[] Deal(List<List<int>> groups, int[] spare, int rows, double fraction)
    {
        var dealt = new int[groups.Count];
        var (before, given) = (0L, 0L);
        for (var group = 0; group < groups.Count; group++)
        {
            before += groups[group].Count;
            Give(group, Rounded(before, fraction) - given);
        }

        for (var group = 0; group < groups.Count; group++)
            Give(group, Rounded(rows, fraction) - given);
        return dealt;

        void Give(int group, long wanted)
        {
            var number = (int)long.Clamp(wanted, 0, spare[group]);
            spare[group] -= number;
            dealt[group] += number;
            given += number;
        }
    }

    private static long Rounded(long rows, double fraction) => (long)(rows * fraction + 0.5);

    /// <summary>Row indexes by class, in class order; ascending within.</summary>
    private static List<List<int>> GroupByClass(IEnumerable<int> rows, LabelColumn? labels)
    {
        if (labels is null)
            return [[.. rows]];
        var groupOfCode = new int[labels.Values.Count];
        var groups = new List<List<int>>();
        var codes = labels.Values.Select((name, code) => (name, code)).ToDictionary(pair => pair.name, pair => pair.code);
        foreach (var name in LabelColumn.Sort(labels.Values))
        {
            groupOfCode[codes[name]] = groups.Count;
            groups.Add([]);
        }

        foreach (var row in rows)
            groups[groupOfCode[labels.Codes[row]]].Add(row);
        return [.. groups.Where(group => group.Count > 0)];
    }

    private static int[] Ascending(List<int> rows)
    {
        rows.Sort();
        return [.. rows];
    }
}
