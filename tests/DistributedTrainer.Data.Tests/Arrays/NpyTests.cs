using CsCheck;

namespace DistributedTrainer.Data.Tests;

public sealed class NpyTests : IDisposable
{
    private static readonly byte[] TwoLabels = ArrayBytes.Npy("|u1", "(2,)", [0, 1]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Reads_floats_unchanged(byte version) =>
        (from rows in Gen.Int[1, 20]
         from width in Gen.Int[1, 40]
         from values in Gen.Float[-1e6f, 1e6f].Array[rows * width]
         select (rows, width, values)).Sample(
            array =>
            {
                var spec = new NpyData(
                    _folder.Write("x.npy", ArrayBytes.Npy("<f4", $"({array.rows}, {array.width})", ArrayBytes.Floats(array.values), version)),
                    _folder.Write("y.npy", ArrayBytes.Npy("<f4", $"({array.rows}, 1)", ArrayBytes.Floats(array.values[..array.rows]), version)));
                using var set = DataSet.Load(spec, TargetType.Values, seed: 1);

                Assert.Equal(Normalization.None, set.Preparation.Normalization);
                Assert.Equal(array.values, set.Train.Inputs(array.width).SelectMany(row => row));
                Assert.Equal(array.values[..array.rows], set.Train.Targets(array.width));
            },
            iter: 30,
            threads: 1);

    public static TheoryData<string, byte[]> Types => new()
    {
        { "<f8", [.. BitConverter.GetBytes(3.0), .. BitConverter.GetBytes(250.0)] },
        { "|u1", [3, 250] },
        { "<i4", [.. BitConverter.GetBytes(3), .. BitConverter.GetBytes(250)] },
        { "<i8", [.. BitConverter.GetBytes(3L), .. BitConverter.GetBytes(250L)] },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Reads_each_type_as_inputs_and_as_classes(string type, byte[] elements)
    {
        var path = _folder.Write("both.npy", ArrayBytes.Npy(type, "(2,)", elements));
        using var set = DataSet.Load(new NpyData(path, path), TargetType.Class, seed: 1);

        Assert.Equal([[3f], [250f]], set.Train.Inputs(1));
        Assert.Equal(["3", "250"], set.Classes);
        Assert.Equal([0f, 1f], set.Train.Targets(1));
    }

    [Fact]
    public void Keeps_the_rows_shape_and_several_targets()
    {
        var spec = new NpyData(
            _folder.Write("x.npy", ArrayBytes.Npy("|u1", "(2, 2, 3)", [.. Enumerable.Range(0, 12).Select(value => (byte)value)])),
            _folder.Write("y.npy", ArrayBytes.Npy("<f4", "(2, 2)", ArrayBytes.Floats(1, 2, 3, 4))));
        using var set = DataSet.Load(spec, TargetType.Values, seed: 1);

        Assert.Equal([2, 3], set.InputShape);
        Assert.Equal(2, set.TargetLength);
        Assert.Equal([1f, 2f, 3f, 4f], set.Train.Targets(6, targetLength: 2));
    }

    public static TheoryData<byte[], string> WrongInputs => new()
    {
        { [], "the file is empty" },
        { [1, 2, 3], "not a .npy file" },
        { ArrayBytes.Npy(">f4", "(2,)", new byte[8]), "elements of type '>f4'" },
        { ArrayBytes.Npy("<c8", "(2,)", new byte[16]), "elements of type '<c8'" },
        { ArrayBytes.Npy("|O", "(2,)", new byte[16]), "elements of type '|O'" },
        { ArrayBytes.Npy("<f4", "(2, 2)", new byte[16], fortranOrder: "True"), "Fortran order" },
        { ArrayBytes.Npy("<f4", "()", new byte[4]), "a single number" },
        { ArrayBytes.Npy("<f4", "(2, -1)", new byte[4]), "is not a size" },
        { ArrayBytes.Npy("<f4", "(2, 0)", []), "holds nothing" },
        { ArrayBytes.Npy("<f4", "(2, 2)", new byte[17]), "1 bytes more than shape (2, 2) needs" },
        { ArrayBytes.Npy("<f4", "(3, 1)", new byte[12]), "2 labels for the 3 rows" },
        { ArrayBytes.Npy("<f4", "(2, 1)", ArrayBytes.Floats(1, float.PositiveInfinity)), "row 1, element 0: Infinity is not a finite" },
        { ArrayBytes.Npy("<f8", "(2, 1)", [.. BitConverter.GetBytes(1e300), .. new byte[8]]), "row 0, element 0: Infinity is not a finite" },
        { ArrayBytes.Npy("<f4", "(2, 1)", new byte[8], major: 3), ".npy version 3.0" },
    };

    [Theory]
    [MemberData(nameof(WrongInputs))]
    public void Says_what_is_wrong(byte[] inputs, string message)
    {
        var spec = new NpyData(_folder.Write("x.npy", inputs), _folder.Write("y.npy", TwoLabels));

        var error = Assert.Throws<DataException>(() => DataSet.Load(spec, TargetType.Class, seed: 1));

        Assert.Contains(message, error.Message);
        Assert.Contains(_folder.Path(""), error.Message);
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(16777216f)]
    public void A_class_must_be_a_whole_number_that_float32_tells_apart(float label)
    {
        var labels = _folder.Write("y.npy", ArrayBytes.Npy("<f4", "(2,)", ArrayBytes.Floats(0, label)));
        var spec = new NpyData(_folder.Write("x.npy", ArrayBytes.Npy("<f4", "(2,)", new byte[8])), labels);

        var error = Assert.Throws<DataException>(() => DataSet.Load(spec, TargetType.Class, seed: 1));

        Assert.Contains($"{labels}, row 1: label", error.Message);
    }

    [Fact]
    public void A_file_cut_anywhere_is_an_error()
    {
        var whole = ArrayBytes.Npy("<f4", "(2, 3)", ArrayBytes.Floats(1, 2, 3, 4, 5, 6));
        var labels = _folder.Write("y.npy", TwoLabels);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = _folder.Write("x.npy", whole[..length]);
            var error = Assert.Throws<DataException>(() => DataSet.Load(new NpyData(path, labels), TargetType.Class, seed: 1));

            Assert.Contains(path, error.Message);
        }
    }

    [Fact]
    public void A_damaged_header_loads_or_is_a_clear_error()
    {
        var whole = ArrayBytes.Npy("<f4", "(2, 3)", ArrayBytes.Floats(1, 2, 3, 4, 5, 6));
        var labels = _folder.Write("y.npy", TwoLabels);
        for (var place = 0; place < whole.Length - 24; place++)
        {
            foreach (var damage in new byte[] { 0x01, 0x10, 0x80, 0xff })
            {
                byte[] damaged = [.. whole];
                damaged[place] ^= damage;
                var path = _folder.Write("x.npy", damaged);
                try
                {
                    using var set = DataSet.Load(new NpyData(path, labels), TargetType.Class, seed: 1);
                    Assert.Equal(2, set.Train.Count);
                }
                catch (DataException error)
                {
                    Assert.Contains(_folder.Path(""), error.Message);
                }
            }
        }
    }
}
