using CsCheck;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public class CheckpointManifestTests
{
    [Fact]
    public void Everything_survives_writing_and_reading_to_the_bit()
    {
        var manifest = PlayedDisk.At(9);
        var (again, reason) = CheckpointManifest.Parse(manifest.ToText());
        Assert.Equal("", reason);
        Assert.Equal(manifest.ToText(), again!.ToText());
        Assert.Equal(manifest.Parts, again.Parts);
        Assert.Equal(1.0 / 3, again.Parts[0].Epoch.Loss);
        Assert.Equal(manifest.Epochs.Select(epoch => (epoch.Row.Step, epoch.Row.TrainLoss, epoch.State)), again.Epochs.Select(epoch => (epoch.Row.Step, epoch.Row.TrainLoss, epoch.State)));
    }

    [Fact]
    public void Any_altered_character_is_noticed()
    {
        var text = PlayedDisk.At(9).ToText();
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Char['!', '~']).Where(change => text[change.Item1] != change.Item2 && !char.IsWhiteSpace(text[change.Item1])).Sample(change =>
        {
            var altered = text.Remove(change.Item1, 1).Insert(change.Item1, change.Item2.ToString());
            var (manifest, reason) = CheckpointManifest.Parse(altered);
            // The same figures in other words are the same manifest: 1e0 for 1.0 and the like.
            Assert.True(manifest is null ? reason.Length > 0 : manifest.ToText() == text, $"{altered}");
        });
    }

    [Fact]
    public void Any_torn_manifest_is_noticed()
    {
        var text = PlayedDisk.At(9).ToText();
        for (var length = 0; length < text.Length; length++)
            Assert.Null(CheckpointManifest.Parse(text[..length]).Manifest);
    }

    public static TheoryData<string, Func<CheckpointManifest, CheckpointManifest>> Broken => new()
    {
        { "it has format 2; this version reads format 1", manifest => manifest with { Format = 2 } },
        { "its ranges hold 3 of 4 parameters", manifest => manifest with { Parameters = 4 } },
        { "range 1 begins at parameter 2, and the ranges before it end at 0", manifest => manifest with { Parts = [manifest.Parts[1]] } },
        { "range 0 begins at parameter 0, and the ranges before it end at 2", manifest => manifest with { Parts = [manifest.Parts[0], manifest.Parts[0]] } },
        { "range 1 has 1 arrays of optimizer state, range 0 has 2", manifest => manifest with { Parts = [manifest.Parts[0], manifest.Parts[1] with { Moments = 1 }] } },
        { "range 1 keeps version 4 as the best; the decisions keep -1", manifest => manifest with { Parts = [manifest.Parts[0], manifest.Parts[1] with { BestVersion = 4 }] } },
        { "it stands at step 8 and holds the decision of step 8", manifest => manifest with { Version = 8 } },
    };

    [Theory, MemberData(nameof(Broken))]
    public void What_does_not_fit_together_is_named(string says, Func<CheckpointManifest, CheckpointManifest> change)
    {
        var (manifest, reason) = CheckpointManifest.Parse(change(PlayedDisk.At(9)).ToText());
        Assert.Null(manifest);
        Assert.Equal(says, reason);
    }

    [Fact]
    public void A_server_that_kept_another_best_than_decided_makes_it_no_state()
    {
        var manifest = PlayedDisk.At(9);
        var kept = manifest with { Epochs = [.. manifest.Epochs.Select(epoch => epoch with { Decision = new EpochDecision(false, true, "continue") })] };
        Assert.Equal(8, kept.KeptVersion);
        Assert.Equal("range 0 keeps version -1 as the best; the decisions keep 8", CheckpointManifest.WhyNotWhole(kept));
    }

    [Fact]
    public void A_part_report_survives_writing_and_reading()
    {
        var report = new PartReport(7, 1, new RangePart(1, 4096, 904, "range-1-of-2.safetensors", 12, "5a", 2, 4, new StepSums(0.1, 3, 3), 70), "");
        Assert.Equal(report, PartReport.Parse(report.ToText()));
        var failed = new PartReport(7, 1, null, "No space left on device");
        Assert.Equal(failed, PartReport.Parse(failed.ToText()));
    }
}
