using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace DistributedTrainer.Data.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BytesAreThoseOfTheFormat()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [("a", [2, 1]), ("b", [])], [1f, -2f, 0.5f]);

        const string header = """{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}""";
        var bytes = stream.ToArray();
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(header, Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal("0000803F000000C00000003F", Convert.ToHexString(bytes.AsSpan(8 + length)));
    }

    [Fact]
    public void WhatIsWrittenIsReadBack() =>
        Gen.Select(Gen.Int[0, 5].Array[0, 3].Array[1, 5], Gen.String[Gen.Char.AlphaNumeric, 0, 12]).Sample((shapes, text) =>
        {
            var tensors = shapes.Select((shape, index) => ($"layer-{index}.weight", (IReadOnlyList<int>)shape)).ToList();
            var lengths = shapes.Select(shape => shape.Aggregate(1, (product, size) => product * size)).ToArray();
            var values = Enumerable.Range(0, lengths.Sum()).Select(index => index * 0.25f - 3).ToArray();
            using var stream = new MemoryStream();
            SafetensorsWriter.Write(stream, tensors, values, new Dictionary<string, string> { ["text"] = text });

            using var folder = new TemporaryFolder();
            using var file = SafetensorsFile.Open(folder.Write("model.safetensors", stream.ToArray()));

            Assert.Equal(text, file.Metadata["text"]);
            var begin = 0;
            for (var index = 0; index < tensors.Count; index++)
            {
                var read = new float[lengths[index]];
                file.Read(tensors[index].Item1, shapes[index], read);
                Assert.Equal(values[begin..(begin + lengths[index])], read);
                begin += lengths[index];
            }
        }, iter: 50);

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "not the JSON")]
    [InlineData("""["a"]""", 0, "not the JSON")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "not the JSON")]
    [InlineData("""{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "array 'a' has dtype 'F33'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "(2) F32 needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 8, "3 data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "impossible shape (-2)")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at byte 4 of the data, not at 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "array 'b' begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "too long")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "not the JSON")]
    public void BrokenHeadersAreNamed(string header, int dataBytes, string expected)
    {
        var path = _folder.Write("broken.safetensors", [.. LengthOf(header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]]);

        var error = Assert.Throws<DataException>(() => SafetensorsFile.Open(path));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001UL, "at most 100000000 are allowed")]
    [InlineData(ulong.MaxValue, "at most 100000000 are allowed")]
    [InlineData(100UL, "truncated; the header has 100 bytes, and 2 follow")]
    public void ImpossibleLengthsAreNamed(ulong length, string expected)
    {
        var path = _folder.Write("broken.safetensors", [.. LengthOf(length), (byte)'{', (byte)'}']);

        Assert.Contains(expected, Assert.Throws<DataException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingAndTinyFilesAreNamed()
    {
        Assert.Contains("no such file", Assert.Throws<DataException>(() => SafetensorsFile.Open(_folder.Path("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("3 bytes long", Assert.Throws<DataException>(() => SafetensorsFile.Open(_folder.Write("tiny", [1, 2, 3]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadingAsksForTheRightArray()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [("hidden.weight", [2, 3])], new float[6]);
        using var file = SafetensorsFile.Open(_folder.Write("model.safetensors", stream.ToArray()));

        Assert.Contains("did you mean 'hidden.weight'?", Error("hiden.weight", [2, 3]), StringComparison.Ordinal);
        Assert.Contains("has shape (2, 3); (3, 2) is needed", Error("hidden.weight", [3, 2]), StringComparison.Ordinal);

        string Error(string name, int[] shape) => Assert.Throws<DataException>(() => file.Read(name, shape, new float[6])).Message;
    }

    [Fact]
    public void TheWriterRefusesWhatDoesNotFit()
    {
        using var stream = new MemoryStream();
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(stream, [("a", [3])], new float[2]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(stream, [("a", [1]), ("a", [1])], new float[2]));
        Assert.Equal(0, stream.Length);
    }

    private static byte[] LengthOf(int length) => LengthOf((ulong)length);

    private static byte[] LengthOf(ulong length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }
}
