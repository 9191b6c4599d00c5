using DistributedTrainer.Numerics;

namespace DistributedTrainer.Data;

/// <summary>
/// Random rows keyed by the seed (<see cref="RandomPurpose.BenchmarkData"/>; stream 0 inputs, 1 targets; row; step 0), held in memory.
/// </summary>
internal static unsafe class SyntheticRows
{
    private const uint Inputs = 0;
    private const uint Targets = 1;

    /// <summary>
    /// Inputs uniform in [0, 1), (rows, inputs). Targets: a class ⌊u·classes⌋ by row with u uniform, or for
    /// <see cref="TargetType.Values"/> uniform numbers (rows, classes).
    /// </summary>
    /// <exception cref="DataException">A size is not positive, too large for one array, or a binary target has not two classes.</exception>
    public static DataSet Load(SyntheticData spec, TargetType target, ulong seed)
    {
        Check(spec, target);
        if (spec.Tokens)
            return LoadTokens(spec, target, seed);
        var random = new Philox(seed, RandomPurpose.BenchmarkData);
        var distinct = int.Min(spec.Distinct ?? spec.Rows, spec.Rows);
        var inputs = Repeat(Uniform(random, Inputs, distinct, spec.Inputs), spec.Inputs);
        var names = Enumerable.Range(0, spec.Classes).Select(index => $"{index}").ToList();
        var targets = target == TargetType.Values
            ? Uniform(random, Targets, distinct, spec.Classes)
            : Array.ConvertAll(Uniform(random, Targets, distinct, 1), uniform => (float)(int)((double)uniform * spec.Classes));
        var source = target == TargetType.Values
            ? new SourceRows("synthetic", inputs, Repeat(targets, spec.Classes), null, Place)
            : new SourceRows("synthetic", inputs, null, ToLabels(targets, names, spec.Rows), Place);

        var fingerprint = new DataFingerprint();
        fingerprint.AddText($"synthetic rows={spec.Rows} inputs={spec.Inputs} classes={spec.Classes} target={target} seed={seed}");
        if (distinct < spec.Rows)
            fingerprint.AddText($"distinct={distinct}");
        var split = RowSplit.Draw("synthetic", spec.Rows, source.Labels, spec, seed);
        var preparation = new Preparation
        {
            Normalization = spec.Normalize ?? Normalization.None,
            Target = target,
            InputShape = [spec.Inputs],
        };
        // A class that the few rows of a small set happen not to draw is still an output of the network.
        var parts = new LoadedParts(source, split, null, null) { KnownClasses = new ClassIndex(names) };
        return parts.ToDataSet(preparation, [], [], fingerprint.Sha256(), owner: null);

        static string Place(int row) => $"synthetic row {row}";

        RowSource Repeat(float[] values, int length) => distinct < spec.Rows
            ? new RepeatedRows(new MemoryRows(values, length), spec.Rows)
            : new MemoryRows(values, length);
    }

    /// <summary>Tokens ⌊u·classes⌋ (rows, inputs), and as many targets.</summary>
    private static DataSet LoadTokens(SyntheticData spec, TargetType target, ulong seed)
    {
        if (target != TargetType.Class || spec.ValidationFraction + spec.TestFraction > 0)
            throw new DataException("synthetic: tokens have classes as targets (loss cross-entropy), and no validation or test part.");
        var random = new Philox(seed, RandomPurpose.BenchmarkData);
        var distinct = int.Min(spec.Distinct ?? spec.Rows, spec.Rows);
        var names = Enumerable.Range(0, spec.Classes).Select(index => $"{index}").ToList();
        var fingerprint = new DataFingerprint();
        fingerprint.AddText($"synthetic tokens rows={spec.Rows} inputs={spec.Inputs} classes={spec.Classes} distinct={distinct} seed={seed}");
        var normalizer = new Normalizer(Normalization.None, [], []);
        return new DataSet
        {
            Sha256 = fingerprint.Sha256(),
            InputShape = [spec.Inputs],
            TargetLength = spec.Inputs,
            Classes = names,
            Columns = [],
            Train = new PreparedExamples(Tokens(Inputs), Tokens(Targets), null, 0, normalizer),
            Validation = null,
            Test = null,
            Preparation = new Preparation
            {
                Normalization = Normalization.None,
                Target = target,
                InputShape = [spec.Inputs],
                TargetLength = spec.Inputs,
                Classes = names,
            },
        };

        RepeatedRows Tokens(uint stream) => new(
            new MemoryRows(
                Array.ConvertAll(Uniform(random, stream, distinct, spec.Inputs), uniform => (float)(int)((double)uniform * spec.Classes)), spec.Inputs),
            spec.Rows);
    }

    private static void Check(SyntheticData spec, TargetType target)
    {
        if (spec.ValidationFiles is not null || spec.TestFiles is not null)
            throw new DataException("synthetic: validation and test are fractions; there are no files to read.");
        var distinct = spec.Distinct ?? spec.Rows;
        if (spec.Rows < 1 || spec.Inputs < 1 || spec.Classes < 1 || distinct < 1)
            throw new DataException($"synthetic: rows {spec.Rows}, inputs {spec.Inputs}, classes {spec.Classes}, distinct {distinct}; each must be 1 or more.");
        if (spec.Rows > Array.MaxLength || (long)distinct * int.Max(spec.Inputs, spec.Classes) > Array.MaxLength)
        {
            throw new DataException(
                $"synthetic: rows {distinct} × inputs {spec.Inputs} do not fit one array of {Array.MaxLength:N0} numbers.");
        }

        if (target == TargetType.Binary && spec.Classes != 2)
            throw new DataException($"synthetic: classes {spec.Classes}; a binary loss needs 2.");
    }

    private static float[] Uniform(Philox random, uint stream, int rows, int length)
    {
        var values = new float[rows * length];
        fixed (float* first = values)
        {
            for (var row = 0; row < rows; row++)
                random.FillUniform(first + (long)row * length, length, stream, (uint)row, step: 0);
        }

        return values;
    }

    private static LabelColumn ToLabels(float[] targets, List<string> names, int rows)
    {
        var labels = new LabelColumn();
        for (var row = 0; row < rows; row++)
            labels.Add(names[(int)targets[row % targets.Length]]);
        return labels;
    }
}
