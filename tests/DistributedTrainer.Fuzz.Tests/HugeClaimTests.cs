using System.Buffers.Binary;
using System.Diagnostics;
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

    [Theory, InlineData(false), InlineData(true)]
    public void An_IDX_file_of_two_to_the_60_elements(bool zipped)
    {
        byte[] header = [0, 0, 0x08, 3, 0x00, 0x10, 0, 0, 0x00, 0x10, 0, 0, 0x00, 0x10, 0, 0, 1, 2, 3]; // 2²⁰ × 2²⁰ × 2²⁰
        if (zipped)
        {
            using var packed = new MemoryStream();
            using (var zip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
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
