namespace DistributedTrainer.Data.Tests;

public unsafe class MnistTests
{
    [MnistFact]
    public void Loads_the_four_files()
    {
        using var mnist = DataSet.Load(new MnistData { ValidationFraction = 0.1 }, TargetType.Class, seed: 1);

        Assert.Equal((54_000, 6_000, 10_000), (mnist.Train.Count, mnist.Validation!.Count, mnist.Test!.Count));
        Assert.Equal([28, 28], mnist.InputShape);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], mnist.Classes);
        Assert.Equal(60_000, mnist.Test.RowId(0));
        Assert.Equal([7f, 2f, 1f, 0f, 4f], mnist.Test.Targets(784)[..5]);
        var first = mnist.Test.Input(0, 784);
        Assert.Equal((0f, 1f), (first.Min(), first.Max()));
        Assert.All(first, value => Assert.Equal(value, MathF.Round(value * 255) * (1 / 255f)));
    }

    [MnistFact]
    public void Reading_allocates_nothing()
    {
        using var mnist = DataSet.Load(new MnistData(), TargetType.Class, seed: 1);
        int[] rows = [.. Enumerable.Range(0, 64).Select(row => row * 937 % 60_000)];
        var (inputs, targets) = (new float[64 * 784], new float[64]);
        fixed (float* toInputs = inputs, toTargets = targets)
        {
            mnist.Train.Read(rows, toInputs, toTargets);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
                mnist.Train.Read(rows, toInputs, toTargets);

            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void Missing_files_are_named_with_folder_origin_and_hashes()
    {
        var folder = Path.Combine(Path.GetTempPath(), "no-mnist-here");
        var error = Assert.Throws<DataException>(() => DataSet.Load(new MnistData(folder), TargetType.Class, seed: 1));

        Assert.Contains(folder, error.Message);
        Assert.Contains("https://", error.Message);
        Assert.Contains("train-images-idx3-ubyte.gz  d2cebd02927d553943b2679536bf602ec0cdcb6555ad87dda5d640e1d425faaf", error.Message);
        Assert.Contains("train-labels-idx1-ubyte.gz  2a107763ddf1eef92815bfbb1b855b662a7228add9dfab29de697c644d666cda", error.Message);
        Assert.Contains("t10k-images-idx3-ubyte.gz  4e612d6003de73386763f2c35c044ab376e830da80adb2347651a1f182f103a1", error.Message);
        Assert.Contains("t10k-labels-idx1-ubyte.gz  909a5aeb9fcec3f171b427c45622a55f69dc15dd80bd0624413cbfbe12553c1c", error.Message);
    }
}
