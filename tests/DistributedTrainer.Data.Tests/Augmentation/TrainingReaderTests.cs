namespace DistributedTrainer.Data.Tests;

/// <summary>Training rows are augmented the same whoever reads them, and nothing else is.</summary>
public sealed unsafe class TrainingReaderTests : IDisposable
{
    private const int Length = 20;
    private static readonly Augmentation[] Changes = [new Shift(2), new Rotate(15), new Noise(0.1)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_row_is_the_same_in_any_batch_by_any_reader()
    {
        using var set = Load(Changes);
        int[] rows = [.. Enumerable.Range(0, set.Train.Count).Reverse()];
        var together = Read(set, rows, 3);
        for (var index = 0; index < rows.Length; index++)
            Assert.Equal(together[(index * Length)..((index + 1) * Length)], Read(set, [rows[index]], 3));
        Assert.NotEqual(together, Read(set, rows, 4));
    }

    [Fact]
    public void Only_training_rows_are_augmented_and_only_by_the_reader()
    {
        using var plain = Load([]);
        using var augmented = Load(Changes);
        Assert.Equal(plain.Train.Inputs(Length), augmented.Train.Inputs(Length));
        Assert.Equal(plain.Validation!.Inputs(Length), augmented.Validation!.Inputs(Length));
        Assert.Equal(plain.Sha256, augmented.Sha256);
        Assert.Equal(plain.Train.Inputs(Length).SelectMany(row => row), Read(plain, [.. Enumerable.Range(0, plain.Train.Count)], 3));
        Assert.NotEqual(plain.Train.Inputs(Length).SelectMany(row => row), Read(augmented, [.. Enumerable.Range(0, plain.Train.Count)], 3));
    }

    [Fact]
    public void Pixels_are_moved_before_each_is_normalized()
    {
        using var set = Load([new Cutout(5)], Normalization.Standard);
        using var black = Load([], Normalization.Standard);
        var values = Read(set, [0], 0);
        var zero = set.Preparation.Offset.Zip(set.Preparation.Factor, (offset, factor) => (0 - offset) * factor).ToArray();
        var plain = black.Train.Input(0, Length);
        Assert.All(values.Index(), value => Assert.True(value.Item == zero[value.Index] || value.Item == plain[value.Index]));
        Assert.Contains(values.Index(), value => value.Item == zero[value.Index] && value.Item != plain[value.Index]);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var set = Load([new Shift(1), new Flip(), new Rotate(9), new Crop(0.9), new Noise(0.1), new Cutout(2)]);
        var reader = set.CreateTrainingReader();
        int[] rows = [.. Enumerable.Range(0, set.Train.Count)];
        var (inputs, targets) = (new float[rows.Length * Length], new float[rows.Length]);
        fixed (float* toInputs = inputs, toTargets = targets)
        {
            reader.Read(rows, 0, toInputs, toTargets);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var epoch = 0; epoch < 100; epoch++)
                reader.Read(rows, epoch, toInputs, toTargets);

            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Theory]
    [InlineData(4, "shift: 4 pixels move an image of 4 by 5 out of sight; allowed here: 1 to 3")]
    public void What_does_not_fit_is_named(int pixels, string message) =>
        Assert.Contains(message, Assert.Throws<DataException>(() => Load([new Shift(pixels)])).Message);

    [Fact]
    public void A_square_larger_than_the_image_is_named() =>
        Assert.Contains("cutout: a square of 6 pixels is larger than images of 4 by 5", Assert.Throws<DataException>(() => Load([new Cutout(6)])).Message);

    [Fact]
    public void Rows_that_are_no_images_are_refused() => Assert.Contains(
        "inputs of shape (20) are no images", Assert.Throws<DataException>(() => Load(Changes, shape: [12, 20])).Message);

    private static float[] Read(DataSet set, int[] rows, long epoch)
    {
        var (inputs, targets) = (new float[rows.Length * Length], new float[rows.Length]);
        fixed (float* toInputs = inputs, toTargets = targets)
            set.CreateTrainingReader().Read(rows, epoch, toInputs, toTargets);
        return inputs;
    }

    private DataSet Load(Augmentation[] changes, Normalization? normalize = null, int[]? shape = null)
    {
        var bytes = Enumerable.Range(0, 12 * Length).Select(index => (byte)(1 + index * 37 % 255)).ToArray();
        var labels = Enumerable.Range(0, 12).Select(row => (byte)(row % 2)).ToArray();
        var spec = new IdxData(
            _folder.Write("x.idx", ArrayBytes.Idx(8, shape ?? [12, 4, 5], bytes)), _folder.Write("y.idx", ArrayBytes.Idx(8, [12], labels)))
        {
            Augment = changes,
            Normalize = normalize,
            ValidationFraction = 0.25,
        };
        return DataSet.Load(spec, TargetType.Class, seed: 5);
    }
}
