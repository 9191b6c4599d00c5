using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Fuzz.Tests;

/// <summary>Small files that claim to be large, and large ones that nobody should read: one clear error, at once, and no memory for what is not there.</summary>
public sealed class HugeClaimTests : IDisposable
{
    private const long Mebibyte = 1 << 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtrain-fuzz-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_safetensors_header_that_claims_more_than_the_file_has()
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 99_999_999);
        Assert.Contains("truncated; the header has 99999999 bytes, and 56 follow", Refused(() => SafetensorsFile.Open(Write("a.safetensors", bytes)), Mebibyte));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Assert.Contains("18446744073709551615", Refused(() => SafetensorsFile.Open(Write("b.safetensors", bytes)), Mebibyte));
    }

    [Fact]
    public void A_safetensors_array_that_claims_more_than_the_file_has()
    {
        var json = Encoding.UTF8.GetBytes("""{"w":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4611686018427387904]}}""");
        var bytes = new byte[8 + json.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        Assert.Contains("truncated", Refused(() => SafetensorsFile.Open(Write("c.safetensors", bytes)), Mebibyte));
    }

    [Fact]
    public void A_PNG_whose_pixels_inflate_to_much_more_than_its_size()
    {
        // A quarter of a megabyte that holds 256.
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var zeros = new byte[Mebibyte];
            for (var part = 0; part < 256; part++)
                zlib.Write(zeros);
        }

        var error = Refused(() => LoadImages(Png(1, 1, (uint)packed.Length, packed.ToArray())), 8 * Mebibyte);
        Assert.Contains("a/1.png: damaged PNG file: it holds more than the 10 bytes that 1 by 1 pixels have", error);
    }

    [Fact]
    public void A_PNG_chunk_that_claims_more_than_the_file_has() =>
        Assert.EndsWith("damaged PNG file: the chunk at byte 33 claims 2,147,483,647 bytes, and 2 follow", Refused(() => LoadImages(Png(1, 1, int.MaxValue, [1, 2])), Mebibyte));

    [Fact]
    public void A_PNG_of_the_largest_size_without_pixels() =>
        Assert.Contains("damaged PNG file", Refused(() => LoadImages(Png(4096, 4096, 0, [])), 34 * Mebibyte));

    [Theory, InlineData(false), InlineData(true)]
    public void An_IDX_file_of_two_to_the_60_elements(bool zipped)
    {
        byte[] header = [0, 0, 0x08, 3, 0x00, 0x10, 0, 0, 0x00, 0x10, 0, 0, 0x00, 0x10, 0, 0, 1, 2, 3]; // 2²⁰ × 2²⁰ × 2²⁰
        if (zipped)
        {
            using var packed = new MemoryStream();
            using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                zip.Write(header);
            header = packed.ToArray();
        }

        var path = Write("a.idx", header);
        Assert.Contains("1048576, 1048576, 1048576", Refused(() => DataSet.Load(new IdxData(path, path), TargetType.Class, 1), Mebibyte));
    }

    [Fact]
    public void An_npy_file_of_two_to_the_60_elements()
    {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1073741824, 1073741824), }".PadRight(117) + "\n";
        var path = Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header)]);
        Assert.Contains("1073741824", Refused(() => DataSet.Load(new NpyData(path, path), TargetType.Class, 1), Mebibyte));
    }

    [Fact]
    public void A_YAML_bomb()
    {
        var bomb = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (var letter = 'b'; letter <= 'i'; letter++)
            bomb.Append(letter).Append(": &").Append(letter).Append(" [").AppendJoin(", ", Enumerable.Repeat($"*{(char)(letter - 1)}", 9)).Append("]\n");
        Assert.Contains("x.yaml", Refused(() => JobFile.Parse(bomb.ToString(), "x.yaml"), Mebibyte));
        Assert.Contains("x.yaml", Refused(() => ScenarioFile.Parse(bomb.ToString(), "x.yaml"), Mebibyte));
    }

    [Fact]
    public void A_job_of_ten_thousand_brackets() =>
        Assert.Contains("x.yaml", Refused(() => JobFile.Parse("model: " + new string('[', 10_000), "x.yaml"), 8 * Mebibyte));

    [Fact]
    public void A_job_of_many_megabytes()
    {
        var text = new string('#', 20_000_000);
        Assert.Contains("x.yaml", Refused(() => JobFile.Parse(text, "x.yaml"), Mebibyte));
    }

    [Theory, InlineData('a'), InlineData('"'), InlineData(',')]
    public void A_CSV_line_of_a_gigabyte(char letter)
    {
        // As many letters as are looked at; behind them the file goes on with zeros that take no disk.
        var path = Path.Combine(_folder.FullName, "a.csv");
        using (var file = File.Create(path))
        {
            file.Write("x,y\n1,2\n"u8);
            var block = new byte[Mebibyte];
            Array.Fill(block, (byte)letter);
            for (var times = 0; times < 40; times++)
                file.Write(block);
            file.SetLength(1L << 30);
        }

        Assert.Contains("line 3", Refused(() => DataSet.Load(new CsvData(path, "y"), TargetType.Values, 1), 288 * Mebibyte));
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <param name="claimed">What the one chunk of pixels says that it has.</param>
    private static byte[] Png(int width, int height, uint claimed, byte[] pixels)
    {
        byte[] sides = [0, 0, (byte)(width >> 8), (byte)width, 0, 0, (byte)(height >> 8), (byte)height];
        byte[] checksum = new byte[4];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, claimed);
        return [0x89, .. "PNG\r\n\u001a\n"u8, 0, 0, 0, 13, .. "IHDR"u8, .. sides, 8, 0, 0, 0, 0, .. checksum, .. length, .. "IDAT"u8, .. pixels, .. checksum];
    }

    private DataSet LoadImages(byte[] png)
    {
        foreach (var name in new[] { "a", "b" })
            Write(Path.Combine(_folder.CreateSubdirectory(name).FullName, "1.png"), png);
        return DataSet.Load(new ImagesData(_folder.FullName), TargetType.Class, seed: 1);
    }

    /// <returns>The message.</returns>
    private static string Refused(Func<object> read, long mostBytes)
    {
        var started = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.ThrowsAny<Exception>(read);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(Reader.IsClear(error), error.ToString());
        Assert.InRange(allocated, 0, mostBytes);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        return error.Message;
    }
}
