using CsCheck;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Checkpoints on disk: what is whole is found, what is not is named and passed over.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    private const int Parameters = 10_000;
    private readonly TemporaryFolder _folder = new();
    private readonly BufferPool _pool = new();

    private string Checkpoints => Path.Combine(_folder.Path, "checkpoints");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    public void Any_ranges_are_read_from_any_ranges(int written, int wanted)
    {
        Write(12, written, best: 8);
        foreach (var range in ServerRange.Split(Parameters, wanted))
        {
            var snapshot = CheckpointReader.Read(CheckpointNames.Folder(Checkpoints, 12), 12, range, _pool);
            Assert.Equal((12L, 8L, new StepSums(1.0 / 3, 20, 20), 1234L), (snapshot.Version, snapshot.BestVersion, snapshot.Epoch, snapshot.RunSamples));
            var index = 0;
            foreach (var (_, values) in snapshot.Arrays)
            {
                for (var element = 0; element < range.Length; element++)
                    Assert.Equal(Value(index, range.Begin + element), values.Floats[element]);
                index++;
            }

            Assert.Equal(4, index);
            snapshot.Release();
        }
    }

    [Fact]
    public void A_part_that_was_altered_since_the_checkpoint_was_chosen_is_not_read()
    {
        Write(12, 2);
        Assert.Equal((12L, ""), Newest());
        var bytes = File.ReadAllBytes(PartPath(12, 1, 2));
        bytes[^1] ^= 1;
        File.WriteAllBytes(PartPath(12, 1, 2), bytes);

        var folder = CheckpointNames.Folder(Checkpoints, 12);
        var ranges = ServerRange.Split(Parameters, 2);
        CheckpointReader.Read(folder, 12, ranges[0], _pool).Release(); // lies in the other part
        var error = Assert.Throws<DataException>(() => CheckpointReader.Read(folder, 12, ranges[1], _pool));
        Assert.StartsWith($"the checkpoint of step 12 cannot be read: {folder}: range-1-of-2.safetensors has SHA-256 ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_valid_one_is_found()
    {
        Write(10, 1);
        Write(20, 2);
        Assert.Equal((20L, ""), Newest());
    }

    [Fact]
    public void Nothing_is_found_where_nothing_is()
    {
        Assert.Equal((-1L, ""), Newest());
        Directory.CreateDirectory(Path.Combine(Checkpoints, "notes"));
        Assert.Equal((-1L, ""), Newest());
    }

    [Fact]
    public void Parts_without_a_manifest_are_no_checkpoint()
    {
        Write(10, 1);
        WritePart(20, ServerRange.Split(Parameters, 2)[0], 2, -1);
        Assert.Equal((10L, ""), Newest());
    }

    [Fact]
    public void A_manifest_without_its_parts_is_named()
    {
        Write(10, 1);
        Write(20, 2);
        File.Delete(PartPath(20, 1, 2));
        Assert.Equal((10L, $"{CheckpointNames.Folder(Checkpoints, 20)} is not used: range-1-of-2.safetensors is missing"), Newest());
    }

    [Fact]
    public void A_torn_part_is_named()
    {
        Write(10, 1);
        Write(20, 2);
        using (var file = new FileStream(PartPath(20, 0, 2), FileMode.Open))
            file.SetLength(file.Length / 2);
        var (version, notes) = Newest();
        Assert.Equal(10, version);
        Assert.Matches("range-0-of-2.safetensors has [0-9]+ bytes; its manifest says [0-9]+$", notes);
    }

    [Fact]
    public void Any_altered_byte_is_noticed()
    {
        Write(10, 1);
        Write(20, 1);
        var path = PartPath(20, 0, 1);
        var whole = File.ReadAllBytes(path);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte[1, 255]).Sample(
            (at, bits) =>
            {
                var altered = (byte[])whole.Clone();
                altered[at] ^= bits;
                File.WriteAllBytes(path, altered);
                Assert.Equal(10, Newest().Version);
            },
            iter: 30,
            threads: 1);
    }

    [Fact]
    public void A_torn_manifest_is_named()
    {
        Write(10, 1);
        Write(20, 1);
        var path = Path.Combine(CheckpointNames.Folder(Checkpoints, 20), CheckpointNames.Manifest);
        File.WriteAllText(path, File.ReadAllText(path)[..100]);
        var (version, notes) = Newest();
        Assert.Equal(10, version);
        Assert.Contains("0000000020 is not used: manifest.json: it is not the JSON it must be", notes);
    }

    [Fact]
    public void A_checkpoint_under_another_ones_name_is_named()
    {
        Write(10, 1);
        Directory.Move(CheckpointNames.Folder(Checkpoints, 10), CheckpointNames.Folder(Checkpoints, 30));
        Assert.Equal((-1L, $"{CheckpointNames.Folder(Checkpoints, 30)} is not used: its manifest is that of step 10"), Newest());
    }

    [Fact]
    public void The_newest_are_kept_and_unfinished_ones_removed()
    {
        WritePart(5, ServerRange.Split(Parameters, 2)[0], 2, -1);
        foreach (var version in new[] { 10L, 20, 30, 40 })
            Write(version, 1, keep: 2);
        WritePart(50, ServerRange.Split(Parameters, 2)[0], 2, -1);
        Write(60, 1, keep: 2);
        Assert.Equal([60L, 40L], CheckpointNames.All(Checkpoints).Select(pair => pair.Version));
    }

    [Fact]
    public void What_another_attempt_left_in_the_folder_is_removed()
    {
        WritePart(10, ServerRange.Split(Parameters, 2)[1], 2, -1);
        Write(10, 3);
        Assert.Equal(4, Directory.GetFiles(CheckpointNames.Folder(Checkpoints, 10)).Length);
        Assert.Equal((10L, ""), Newest());
    }

    [Fact]
    public void A_part_that_is_not_to_be_seen_means_a_folder_that_is_not_shared()
    {
        var part = WritePart(10, ServerRange.Split(Parameters, 1)[0], 1, -1);
        File.Delete(PartPath(10, 0, 1));
        var error = Assert.Throws<DataException>(() => CheckpointFolder.Complete(Checkpoints, Manifest(10, [part], -1), 3));
        Assert.Contains("must be one folder for all servers and the coordinator", error.Message);
        Assert.Equal((-1L, ""), Newest());
    }

    [Fact]
    public void A_full_disk_leaves_what_was_there()
    {
        Write(10, 1);
        var path = PartPath(10, 0, 1);
        var before = File.ReadAllBytes(path);
        Assert.Throws<IOException>(() => WholeFile.Write(path, file =>
        {
            file.Write(before.AsSpan(0, 1000));
            throw new IOException("No space left on device");
        }));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.DoesNotContain(Directory.GetFiles(CheckpointNames.Folder(Checkpoints, 10)), file => file.EndsWith(WholeFile.TemporarySuffix, StringComparison.Ordinal));
        Assert.Equal((10L, ""), Newest());
    }

    [Fact]
    public void A_path_that_cannot_be_a_folder_is_said_before_training()
    {
        var path = _folder.Write("a-file", "");
        var error = Assert.Throws<DataException>(() => CheckpointFolder.Prepare(Path.Combine(path, "checkpoints")));
        Assert.StartsWith($"cannot write checkpoints to {path}", error.Message);
        Assert.EndsWith("set checkpoint.path to a folder that can be written, or checkpoint.every to never", error.Message);
    }

    [Fact]
    public void A_folder_that_has_vanished_is_made_anew()
    {
        Write(10, 1);
        Directory.Delete(Checkpoints, recursive: true);
        Write(20, 1);
        Assert.Equal((20L, ""), Newest());
    }

    private (long Version, string Notes) Newest()
    {
        var notes = new List<string>();
        return (CheckpointFolder.FindNewest(Checkpoints, notes)?.Manifest.Version ?? -1, string.Join('\n', notes));
    }

    private void Write(long version, int ranges, long best = -1, int keep = 100) =>
        CheckpointFolder.Complete(Checkpoints, Manifest(version, [.. ServerRange.Split(Parameters, ranges).Select(range => WritePart(version, range, ranges, best))], best), keep);

    private RangePart WritePart(long version, ServerRange range, int ranges, long best)
    {
        var snapshot = new RangeSnapshot(range, version, Slice(0, range), [Slice(1, range), Slice(2, range)], best < 0 ? null : Slice(3, range), best, new StepSums(1.0 / 3, 20, 20), 1234);
        try
        {
            return PartWriter.Write(Checkpoints, snapshot, ranges);
        }
        finally
        {
            snapshot.Release();
        }
    }

    private TensorSlice Slice(int array, ServerRange range)
    {
        var buffer = _pool.Rent(range.Length);
        for (var element = 0; element < range.Length; element++)
            buffer.Floats[element] = Value(array, range.Begin + element);
        return new TensorSlice(buffer, 0, range.Length);
    }

    private static float Value(int array, int element) => (array * 100_000) + element + 0.5f;

    private string PartPath(long version, int range, int ranges) => Path.Combine(CheckpointNames.Folder(Checkpoints, version), CheckpointNames.Part(range, ranges));

    private static CheckpointManifest Manifest(long version, IReadOnlyList<RangePart> parts, long best) => new()
    {
        Format = CheckpointManifest.CurrentFormat,
        Version = version,
        Parameters = Parameters,
        Parts = parts,
        Epochs = best < 0 ? [] : [new CheckpointEpoch(new HistoryRow(1, best, 0.1, 0.5, 0, null, [], 1, 1), 10, ConvergenceState.Start, new EpochDecision(false, true, "continue"))],
    };
}
