using System.Buffers.Binary;
using CsCheck;

namespace DistributedTrainer.Data.Tests;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_plain_and_gzipped_bytes_alike(bool gzip) =>
        (from rows in Gen.Int[2, 20]
         from width in Gen.Int[1, 100]
         from bytes in Gen.Byte.Array[rows * width]
         select (rows, width, bytes)).Sample(
            image =>
            {
                var labels = Enumerable.Range(0, image.rows).Select(row => (byte)(row % 2)).ToArray();
                using var set = Load(
                    Pack(ArrayBytes.Idx(8, [image.rows, image.width], image.bytes), gzip),
                    Pack(ArrayBytes.Idx(8, [image.rows], labels), gzip));

                Assert.Equal([image.width], set.InputShape);
                Assert.Equal(image.bytes.Select(value => value * (1 / 255f)), set.Train.Inputs(image.width).SelectMany(row => row));
                Assert.Equal(labels.Select(label => (float)label), set.Train.Targets(image.width));
            },
            iter: 30,
            threads: 1);

    [Fact]
    public void Reads_every_element_type()
    {
        foreach (var (type, size, write) in new (byte, int, Action<byte[]>)[]
        {
            (0x09, 1, bytes => bytes[0] = unchecked((byte)-7)),
            (0x0B, 2, bytes => BinaryPrimitives.WriteInt16BigEndian(bytes, -7)),
            (0x0C, 4, bytes => BinaryPrimitives.WriteInt32BigEndian(bytes, -7)),
            (0x0D, 4, bytes => BinaryPrimitives.WriteSingleBigEndian(bytes, -7)),
            (0x0E, 8, bytes => BinaryPrimitives.WriteDoubleBigEndian(bytes, -7)),
        })
        {
            var elements = new byte[2 * size];
            write(elements);
            using var set = Load(ArrayBytes.Idx(type, [2, 1], elements), ArrayBytes.Idx(8, [2], 3, 5));

            Assert.Equal([[-7f], [0f]], set.Train.Inputs(1));
            Assert.Equal(Normalization.None, set.Preparation.Normalization);
            Assert.Equal(["3", "5"], set.Classes);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_anywhere_is_an_error(bool gzip)
    {
        var whole = Pack(ArrayBytes.Idx(8, [4, 5, 5], [.. Enumerable.Range(0, 100).Select(value => (byte)value)]), gzip);
        for (var length = 0; length < whole.Length; length++)
        {
            var error = Assert.Throws<DataException>(() => Load(whole[..length], ArrayBytes.Idx(8, [4], 0, 1, 0, 1)));

            Assert.Contains(_folder.Path("x"), error.Message);
        }
    }

    [Fact]
    public void A_damaged_byte_of_a_gzip_gives_an_error_or_the_same_rows()
    {
        // A gzip header has bytes that carry nothing (time, system); every other damage breaks the format or the checksum.
        var content = ArrayBytes.Idx(8, [4, 25], [.. Enumerable.Range(0, 100).Select(value => (byte)(value * 37))]);
        var whole = TemporaryFolder.Gzipped(content);
        for (var place = 0; place < whole.Length; place++)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x55;
            try
            {
                using var set = Load(damaged, ArrayBytes.Idx(8, [4], 0, 1, 0, 1));
                Assert.Equal(content[12..].Select(value => value * (1 / 255f)), set.Train.Inputs(25).SelectMany(row => row));
            }
            catch (DataException error)
            {
                Assert.Contains(_folder.Path("x"), error.Message);
            }
        }
    }

    public static TheoryData<byte[], string> WrongInputs => new()
    {
        { [], "the file is empty" },
        { [1, 2, 3, 4, 5], "not an IDX file" },
        { ArrayBytes.Idx(0x0A, [2, 1], 1, 2), "element type 0a is unknown" },
        { ArrayBytes.Idx(8, [2, 1], 1, 2, 3), "1 bytes more than shape (2, 1) needs" },
        { ArrayBytes.Idx(8, [2, 2], 1, 2, 3), "truncated" },
        { ArrayBytes.Idx(8, [0, 2]), "holds nothing" },
        { ArrayBytes.Idx(8, [3, 1], 1, 2, 3), "2 labels for the 3 rows" },
        { ArrayBytes.Idx(0x0D, [2, 1], 0, 0, 0, 0, 0x7f, 0xc0, 0, 0), "row 1, element 0: NaN is not a finite" },
        { TemporaryFolder.Gzipped(ArrayBytes.Idx(8, [2, 1], 1, 2, 3)), "more content than" },
        { TemporaryFolder.Gzipped(ArrayBytes.Idx(8, [int.MaxValue, 1], 1, 2)), "gzipped files are decompressed into memory" },
        { TemporaryFolder.Gzipped(ArrayBytes.Idx(8, [1 << 20, 1], 1, 2)), "truncated" },
        { ArrayBytes.Idx(0x0E, [-1, -1, -1], 1), "too large" },
    };

    [Theory]
    [MemberData(nameof(WrongInputs))]
    public void Says_what_is_wrong(byte[] inputs, string message)
    {
        var error = Assert.Throws<DataException>(() => Load(inputs, ArrayBytes.Idx(8, [2], 0, 1)));

        Assert.Contains(message, error.Message);
        Assert.Contains(_folder.Path(""), error.Message);
    }

    [Fact]
    public void Exchanged_files_are_recognized()
    {
        var error = Assert.Throws<DataException>(() => Load(ArrayBytes.Idx(8, [2], 0, 1), ArrayBytes.Idx(8, [2, 3], 1, 2, 3, 4, 5, 6)));

        Assert.Contains("Are inputs and labels exchanged?", error.Message);
    }

    [Theory]
    [InlineData(8, 3, "rows of shape (3); the training rows have (2)")]
    [InlineData(9, 2, "elements of type Int8; the training rows")]
    public void Further_parts_must_be_like_the_training_rows(byte type, int width, string message)
    {
        var spec = new IdxData(_folder.Write("x", ArrayBytes.Idx(8, [2, 2], 1, 2, 3, 4)), _folder.Write("y", ArrayBytes.Idx(8, [2], 0, 1)))
        {
            TestFiles = new DataFiles(
                _folder.Write("tx", ArrayBytes.Idx(type, [1, width], new byte[width])),
                _folder.Write("ty", ArrayBytes.Idx(8, [1], 1))),
        };

        var error = Assert.Throws<DataException>(() => DataSet.Load(spec, TargetType.Class, seed: 1));

        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_class_that_training_never_saw_is_an_error_naming_the_row()
    {
        var spec = new IdxData(_folder.Write("x", ArrayBytes.Idx(8, [2, 1], 1, 2)), _folder.Write("y", ArrayBytes.Idx(8, [2], 0, 1)))
        {
            ValidationFiles = new DataFiles(
                _folder.Write("vx", ArrayBytes.Idx(8, [2, 1], 1, 2)),
                _folder.Write("vy", ArrayBytes.Idx(8, [2], 1, 9))),
        };

        var error = Assert.Throws<DataException>(() => DataSet.Load(spec, TargetType.Class, seed: 1));

        Assert.Contains($"{_folder.Path("vy")}, row 1: class '9'", error.Message);
    }

    [Fact]
    public void Rows_are_gone_with_the_set()
    {
        var set = Load(ArrayBytes.Idx(8, [2, 1], 1, 2), ArrayBytes.Idx(8, [2], 0, 1));
        set.Dispose();

        Assert.Throws<ObjectDisposedException>(() => set.Train.Inputs(1));
    }

    private DataSet Load(byte[] inputs, byte[] labels) =>
        DataSet.Load(new IdxData(_folder.Write("x", inputs), _folder.Write("y", labels)), TargetType.Class, seed: 1);

    private static byte[] Pack(byte[] bytes, bool gzip) => gzip ? TemporaryFolder.Gzipped(bytes) : bytes;
}
