using System.Diagnostics;
using System.Globalization;
using System.Text;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Fuzz.Tests;

/// <summary>
/// Whatever bytes a file has: it is read, or there is one clear error; soon; and within a bound of memory. DTRAIN_FUZZ_ROUNDS asks for more
/// rounds, DTRAIN_FUZZ_SEED for others.
/// </summary>
public sealed class ReaderFuzzTests : IDisposable
{
    /// <summary>A machine that does other things too reads these files in milliseconds.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtrain-fuzz-");

    public static TheoryData<string> Formats => [.. Reader.All.Select(reader => reader.Format)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, MemberData(nameof(Formats))]
    public void What_is_good_in_the_corpus_is_read(string format)
    {
        // Or nothing that is made of it means anything.
        var reader = Of(format);
        var errors = reader.Corpus().Select(bytes => Try(reader, bytes)).ToList();
        Assert.True(errors.Contains(null), string.Join("; ", errors.Select(error => error?.Message)));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Any_bytes_are_read_or_give_one_clear_error(string format)
    {
        var reader = Of(format);
        var seed = Setting("DTRAIN_FUZZ_SEED", 20_301);
        var mutator = new Mutator(seed, reader.Corpus());
        foreach (var bytes in reader.Corpus())
            Check(reader, bytes, "the corpus");
        for (var round = 0; round < Setting("DTRAIN_FUZZ_ROUNDS", 3000); round++)
            Check(reader, mutator.Next(), $"seed {seed}, round {round}");
    }

    [Fact]
    public void Manifests_that_seal_themselves_are_no_better()
    {
        // Whoever may write a checkpoint's manifest may write its checksum too.
        var reader = Of("manifest");
        var good = reader.Corpus().Select(bytes => Encoding.UTF8.GetString(bytes)).First(text => CheckpointManifest.Parse(text).Manifest is not null);
        var manifest = CheckpointManifest.Parse(good).Manifest!;
        var part = manifest.Parts[0];
        CheckpointManifest[] bad =
        [
            manifest with { Parts = [], Parameters = 0 },
            manifest with { Parts = [part with { Moments = int.MaxValue }] },
            manifest with { Parts = [part with { Moments = -1 }] },
            manifest with { Parts = [part with { File = "../../model.safetensors" }] },
            manifest with { Parts = [part with { File = "/etc/passwd" }] },
            manifest with { Parts = [part with { File = "" }] },
            manifest with { Parts = [part, null!] },
            manifest with { Epochs = [null!] },
        ];
        string[] texts =
        [
            .. bad.Select(altered => altered.ToText()),
            good.Replace("\"parts\": [", "\"parts\": null, \"others\": [", StringComparison.Ordinal),
            good.Replace("\"epochs\": [", "\"epochs\": null, \"others\": [", StringComparison.Ordinal),
            good.Replace("\"parts\": [", "\"parts\": [null, ", StringComparison.Ordinal),
        ];
        for (var index = 0; index < texts.Length; index++)
            Assert.True(Check(reader, Encoding.UTF8.GetBytes(texts[index]), $"manifest {index}") is not null, $"manifest {index} was read");
    }

    private static Reader Of(string format) => Reader.All.Single(reader => reader.Format == format);

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private Exception? Check(Reader reader, byte[] bytes, string what)
    {
        var started = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Try(reader, bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var place = $"{reader.Format}, {what}, {bytes.Length} bytes";
        if ((error is not null && !Reader.IsClear(error)) || allocated > (reader.BytesPerByte * (long)bytes.Length) + reader.Bytes)
        {
            var kept = Path.Combine(Path.GetTempPath(), $"dtrain-fuzz-{reader.Format}{reader.Extension}");
            File.WriteAllBytes(kept, bytes);
            Assert.Fail($"{place}: {(error is null || Reader.IsClear(error) ? $"{allocated:N0} bytes allocated" : error.ToString())}; the file is kept as {kept}");
        }

        Assert.True(Stopwatch.GetElapsedTime(started) < Soon, $"{place}: took {Stopwatch.GetElapsedTime(started)}");
        return error;
    }

    private Exception? Try(Reader reader, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, "file" + reader.Extension);
        File.WriteAllBytes(path, bytes);
        try
        {
            reader.Read(path);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
