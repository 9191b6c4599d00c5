using System.Text;

namespace DistributedTrainer.Data.Tests;

/// <summary>Rows that come from another node are those of the files, bit for bit, whatever the format.</summary>
public sealed unsafe class FetchedSetTests : IDisposable
{
    private const ulong Seed = 7;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Sets => ["table", "built-in", "images", "floats", "files of their own", "characters", "bytes", "many characters"];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Sets))]
    public void Every_row_is_the_same_from_a_cache_that_holds_them_all(string name) => Same(name, _ => 1 << 24);

    [Theory, MemberData(nameof(Sets))]
    public void Every_row_is_the_same_from_a_cache_that_is_too_small(string name) =>
        Same(name, source => 64L * (source.Stored!.RowBytes + 16));

    [Fact]
    public void Rows_that_are_not_there_are_not_copied()
    {
        using var source = DataSet.Load(new BuiltInData("iris"), TargetType.Class, Seed);
        var stored = new byte[source.Stored!.RowBytes];
        Assert.True(source.Stored.TryCopy([149], stored));
        Assert.False(source.Stored.TryCopy([150], stored));
        Assert.False(source.Stored.TryCopy([-1], stored));
        Assert.False(source.Stored.TryCopy([0, 1], stored));
    }

    [Fact]
    public void What_is_fitted_on_all_rows_comes_with_the_description()
    {
        var (spec, target) = Spec("table");
        using var source = DataSet.Load(spec, target, Seed);
        using var fetched = FetchedSet.Of(source, spec, Seed);
        Assert.Equal(source.Preparation.Offset, fetched.Preparation.Offset);
        Assert.Equal(source.Preparation.Factor, fetched.Preparation.Factor);
        Assert.Equal(source.Preparation.Columns.Select(column => column.Categories ?? []), fetched.Preparation.Columns.Select(column => column.Categories ?? []));
        Assert.Null(fetched.Stored); // it has nothing to give
        Assert.Null(fetched.Describe());
    }

    [Fact]
    public void A_description_that_contradicts_itself_is_refused()
    {
        var (spec, target) = Spec("table");
        using var source = DataSet.Load(spec, target, Seed);
        var good = source.Describe()!;
        DataDescription[] bad =
        [
            good with { Rows = [] },
            good with { Rows = [0] },
            good with { Rows = [int.MaxValue, int.MaxValue] },
            good with { RowBytes = good.RowBytes + 4 },
            good with { AreBytes = true },
            good with { HasTestFile = true },
            good with { ValidationRows = [1] },
            good with { ValidationRows = good.TestRows },
            good with { Preparation = good.Preparation with { InputShape = [int.MaxValue, int.MaxValue] } },
            good with { Preparation = good.Preparation with { Factor = [1] } },
            good with { Preparation = good.Preparation with { Normalization = (Normalization)77 } },
            good with { Text = new TextLayout(new TextPart(0, 0, 10, 1), null, null) },
        ];
        foreach (var description in bad)
            Assert.Contains("description", Assert.Throws<DataException>(() => DataDescription.Read(description.ToBytes())).Message);
    }

    [Theory, InlineData("table"), InlineData("files of their own"), InlineData("characters")]
    public void Any_bytes_are_a_description_or_give_one_clear_error(string name)
    {
        var (spec, target) = Spec(name);
        using var source = DataSet.Load(spec, target, Seed);
        var good = source.Describe()!.ToBytes();
        var random = new Random(20_311);
        var read = 0;
        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var times = random.Next(1, 5); times > 0; times--)
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "0123456789-[]{}\",:"[random.Next(18)]);
            if (random.Next(8) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                // What is taken is also safe to read from: all rows lie where the description says.
                var description = DataDescription.Read(bytes);
                if (description.RowCount > 100_000 || description.RowBytes > 1 << 16)
                    continue;
                using var cache = new RowCache(description.RowCount, description.RowBytes, 1 << 26, FetchedSet.Within);
                cache.Missed = rows => cache.Put(rows, new byte[rows.Length * cache.RowBytes], -1);
                using var fetched = DataSet.Fetch(description, spec, Seed, cache);
                Read(fetched, fetched.Train);
                read++;
            }
            catch (DataException error)
            {
                Assert.InRange(error.Message.Length, 1, 2000);
            }
        }

        Assert.True(read > 0, "Nothing was read, so nothing was shown.");
    }

    private void Same(string name, Func<DataSet, long> limit)
    {
        var (spec, target) = Spec(name);
        using var source = DataSet.Load(spec, target, Seed);
        using var fetched = FetchedSet.Of(source, spec, Seed, limit(source));
        Assert.Equal(source.Sha256, fetched.Sha256);
        Assert.Equal(source.InputShape, fetched.InputShape);
        Assert.Equal(source.Classes, fetched.Classes);
        Assert.Equal(source.Columns, fetched.Columns);
        foreach (var part in (Func<DataSet, Examples?>[])[set => set.Train, set => set.Validation, set => set.Test])
        {
            Assert.Equal(part(source) is null, part(fetched) is null);
            if (part(source) is not { } ours)
                continue;
            Assert.Equal(Ids(ours), Ids(part(fetched)!));
            Assert.Equal(Read(source, ours), Read(fetched, part(fetched)!));
        }

        Assert.Equal(Epoch(source), Epoch(fetched));
    }

    private static long[] Ids(Examples part) => [.. Enumerable.Range(0, part.Count).Select(part.RowId)];

    /// <summary>Bits of all inputs and targets, in an order that is not the files'.</summary>
    private static int[] Read(DataSet set, Examples part)
    {
        var inputs = new float[part.Count * set.InputLength];
        var targets = new float[part.Count * set.TargetLength];
        fixed (float* toInputs = inputs, toTargets = targets)
            part.Read([.. Enumerable.Range(0, part.Count).OrderBy(row => row * 7919 % 104_729)], toInputs, toTargets);
        return [.. inputs.Concat(targets).Select(BitConverter.SingleToInt32Bits)];
    }

    /// <summary>Training rows as the third epoch has them, augmented.</summary>
    private static int[] Epoch(DataSet set)
    {
        var inputs = new float[set.Train.Count * set.InputLength];
        var targets = new float[set.Train.Count * set.TargetLength];
        fixed (float* toInputs = inputs, toTargets = targets)
            set.CreateTrainingReader().Read([.. Enumerable.Range(0, set.Train.Count)], 2, toInputs, toTargets);
        return [.. inputs.Concat(targets).Select(BitConverter.SingleToInt32Bits)];
    }

    private (DataSpec Spec, TargetType Target) Spec(string name)
    {
        var random = new Random(3);
        return name switch
        {
            "table" => (new CsvData(Table("t.csv", random), "y")
            {
                Categorical = ["street"],
                Missing = MissingValues.Mean,
                ValidationFraction = 0.2,
                TestFraction = 0.1,
            }, TargetType.Values),
            "built-in" => (new BuiltInData("iris") { ValidationFraction = 0.3, Normalize = Normalization.MinMax }, TargetType.Class),
            "images" => (new IdxData(Idx("x", 90, 5, 5), Idx("y", 90))
            {
                ValidationFraction = 0.2,
                Augment = [new Shift(1), new Noise(0.1)],
            }, TargetType.Class),
            "floats" => (new NpyData(Npy("x", "(80, 3)", random, 240), Npy("y", "(80, 2)", random, 160)) { Normalize = Normalization.Standard }, TargetType.Values),
            "files of their own" => (new IdxData(Idx("a", 70, 3, 3), Idx("b", 70))
            {
                ValidationFiles = new DataFiles(Idx("c", 20, 3, 3), Idx("d", 20)),
                TestFiles = new DataFiles(Idx("e", 30, 3, 3), Idx("f", 30)),
            }, TargetType.Class),
            "characters" => (new TextData(Text("t.txt", random, 'a', 26), 20) { ValidationFraction = 0.1, TestFraction = 0.1, Stride = 3 }, TargetType.Class),
            "bytes" => (new TextData(Text("b.txt", random, 'a', 26), 100) { Tokens = TokenKind.Bytes, ValidationFiles = new DataFiles(Text("v.txt", random, 'a', 26)) }, TargetType.Class),
            _ => (new TextData(Text("m.txt", random, '\u4e00', 400), 16) { ValidationFraction = 0.2, Stride = 16 }, TargetType.Class),
        };
    }

    private string Table(string name, Random random)
    {
        var lines = new StringBuilder("x,street,z,y\n");
        for (var row = 0; row < 120; row++)
            lines.Append($"{random.NextSingle()},{(char)('a' + random.Next(4))},{(row % 11 == 0 ? "" : random.Next(1000))},{random.Next(100)}\n");
        return _folder.WriteText(name, lines.ToString());
    }

    private string Idx(string name, params int[] shape) => _folder.Write(
        name, ArrayBytes.Idx(8, shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(index => (byte)(shape.Length == 1 ? index % 3 : index * 37))]));

    private string Npy(string name, string shape, Random random, int values) => _folder.Write(
        name, ArrayBytes.Npy("<f4", shape, ArrayBytes.Floats([.. Enumerable.Range(0, values).Select(_ => random.NextSingle() - 0.5f)])));

    private string Text(string name, Random random, char first, int letters)
    {
        var text = new char[9000];
        for (var index = 0; index < text.Length; index++)
            text[index] = (char)(first + (index < letters ? index : random.Next(letters)));
        return _folder.WriteText(name, new string(text));
    }
}
