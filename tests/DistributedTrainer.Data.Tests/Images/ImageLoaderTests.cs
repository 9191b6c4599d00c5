namespace DistributedTrainer.Data.Tests;

public sealed class ImageLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Root => _folder.Path("pictures");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_are_classes_and_rows_are_in_sorted_order()
    {
        Write("10/b.png", 1);
        Write("9/z.png", 2);
        Write("9/a.PNG", 3);
        Write("9/.hidden", [1]);
        Write("10/a.png", 4);
        using var set = Load();
        Assert.Equal(["9", "10"], set.Classes);
        Assert.Equal([2, 3], set.InputShape);
        Assert.Equal([3f, 2, 4, 1], set.Train.Inputs(6).Select(row => MathF.Round(row[0] * 255)));
        Assert.Equal([0f, 0, 1, 1], set.Train.Targets(6));
        Assert.Equal([3 / 255f, 4 / 255f, 5 / 255f, 6 / 255f, 7 / 255f, 8 / 255f], set.Train.Input(0, 6), (x, y) => MathF.Abs(x - y) < 1e-7f);
        Assert.Equal(ImageColor.Grayscale, set.Preparation.Images);
    }

    [Fact]
    public void Colours_are_three_planes_and_a_palette_is_looked_up()
    {
        Write("a/1.png", PngBytes.Of(2, 1, PngBytes.Colour, [1, 2, 3, 4, 5, 6]));
        Write("b/1.png", PngBytes.Of(2, 1, PngBytes.Palette, [1, 0], [10, 20, 30, 40, 50, 60]));
        Write("b/2.png", PngBytes.Of(2, 1, PngBytes.ColourAlpha, [1, 2, 3, 255, 4, 5, 6, 255]));
        using var set = Load();
        Assert.Equal([3, 1, 2], set.InputShape);
        Assert.Equal([[1f, 4, 2, 5, 3, 6], [40, 10, 50, 20, 60, 30], [1, 4, 2, 5, 3, 6]], set.Train.Inputs(6).Select(row => row.Select(value => MathF.Round(value * 255))));
    }

    [Fact]
    public void Grey_is_made_of_colours_in_whole_numbers_where_asked_for()
    {
        Write("a/1.png", PngBytes.Of(3, 1, PngBytes.Colour, [255, 0, 0, 0, 255, 0, 0, 0, 255]));
        Write("b/1.png", PngBytes.Of(3, 1, PngBytes.Grey, [7, 8, 9]));
        using var grey = Load(ImageColor.Grayscale);
        Assert.Equal([[76f, 150, 29], [7, 8, 9]], grey.Train.Inputs(3).Select(row => row.Select(value => MathF.Round(value * 255))));
        using var colours = Load(ImageColor.Rgb);
        Assert.Equal([7f, 8, 9, 7, 8, 9, 7, 8, 9], colours.Train.Input(1, 9).Select(value => MathF.Round(value * 255)));
        var error = Assert.Throws<DataException>(() => Load());
        Assert.Contains(Path.Combine(Root, "b", "1.png") + ": grey; expected in colours, as the first image, ", error.Message);
        Assert.Contains("color: grayscale, or color: rgb", error.Message);
    }

    [Fact]
    public void An_image_of_another_size_is_named_with_both()
    {
        Write("a/1.png", 1);
        Write("b/1.png", PngBytes.GreyOf(3, 3, _ => 1));
        var error = Assert.Throws<DataException>(() => Load());
        Assert.StartsWith(Path.Combine(Root, "b", "1.png") + ": 3 by 3 pixels; expected 2 by 3", error.Message);
    }

    [Fact]
    public void What_is_no_image_of_the_right_kind_is_named()
    {
        var good = PngBytes.GreyOf(3, 2, index => (byte)index);
        var damaged = good.ToArray();
        damaged[45] ^= 1;
        foreach (var (bytes, message) in ((byte[], string)[])
        [
            ([1, 2, 3], "not a PNG file"),
            (damaged, "damaged PNG file"),
            (good[..^20], "damaged PNG file"),
            (PngBytes.Of(1, 1, PngBytes.Grey, [0, 1], bits: 16), "16 bits a channel; 8 are needed"),
            (PngBytes.Of(1, 1, PngBytes.ColourAlpha, [1, 2, 3, 254]), "transparent at row 0, column 0"),
            (PngBytes.Of(5000, 1, PngBytes.Grey, [1]), "1 by 5,000 pixels; a side may have 1 to 4,096"),
        ])
        {
            Write("a/1.png", bytes);
            Write("b/1.png", bytes);
            var error = Assert.Throws<DataException>(() => Load());
            Assert.StartsWith(Path.Combine(Root, "a", "1.png"), error.Message);
            Assert.Contains(message, error.Message);
        }
    }

    [Fact]
    public void A_folder_that_is_not_as_needed_is_named()
    {
        Assert.Contains("no such folder", Assert.Throws<DataException>(() => Load()).Message);
        Directory.CreateDirectory(Root);
        Assert.Contains("one folder a class", Assert.Throws<DataException>(() => Load()).Message);
        Directory.CreateDirectory(Path.Combine(Root, "a"));
        Assert.Contains(Path.Combine(Root, "a") + ": no PNG files", Assert.Throws<DataException>(() => Load()).Message);
        Write("a/1.png", 1);
        Assert.Contains("1 class (a)", Assert.Throws<DataException>(() => Load()).Message);
        Write("b/1.jpg", 1);
        Assert.Contains("1.jpg: not a .png file", Assert.Throws<DataException>(() => Load()).Message);
        File.Delete(Path.Combine(Root, "b", "1.jpg"));
        Write("b/1.png", 1);
        Write("readme.txt", [1]);
        Assert.Contains("readme.txt: a file beside the folders", Assert.Throws<DataException>(() => Load()).Message);
        Assert.Contains("images have classes", Assert.Throws<DataException>(() => DataSet.Load(new ImagesData(Root), TargetType.Values, 1)).Message);
    }

    [Fact]
    public void The_fingerprint_knows_classes_and_names_and_no_paths()
    {
        Write("a/1.png", 1);
        Write("b/1.png", 2);
        using var first = Load();
        Directory.Move(Root, _folder.Path("elsewhere"));
        using (var moved = DataSet.Load(new ImagesData(_folder.Path("elsewhere")), TargetType.Class, 1))
            Assert.Equal(first.Sha256, moved.Sha256);
        Write("b/1.png", 1);
        Write("a/1.png", 2);
        using var exchanged = Load();
        Assert.NotEqual(first.Sha256, exchanged.Sha256);
    }

    [Fact]
    public void New_images_come_from_one_folder_or_from_folders_of_classes()
    {
        Write("cat/1.png", 1);
        Write("dog/1.png", 2);
        using var set = Load();
        using var rows = DataSet.LoadForPrediction(new DataFiles(Path.Combine(Root, "dog")), set.Preparation);
        Assert.False(rows.Examples.HasTargets);
        Assert.Equal(set.Train.Input(1, 6), rows.Examples.Input(0, 6));
        using var labelled = DataSet.LoadForEvaluation(new DataFiles(Root), set.Preparation);
        Assert.Equal([0f, 1], labelled.Examples.Targets(6));
        Write("eel/1.png", 1);
        Assert.Contains("class 'eel' is not among", Assert.Throws<DataException>(() => DataSet.LoadForEvaluation(new DataFiles(Root), set.Preparation)).Message);
    }

    [Fact]
    public void Parts_may_be_folders_and_training_images_augmented()
    {
        for (var row = 0; row < 8; row++)
            Write($"{row % 2}/{row}.png", (byte)(1 + row));
        using var set = DataSet.Load(
            new ImagesData(Root) { ValidationFiles = new DataFiles(Root), TestFraction = 0.25, Augment = [new Flip { Horizontal = 1 }] }, TargetType.Class, 1);
        Assert.Equal((6, 8, 2), (set.Train.Count, set.Validation!.Count, set.Test!.Count));
        var plain = set.Train.Input(0, 6);
        Assert.Equal([plain[2], plain[1], plain[0], plain[5], plain[4], plain[3]], Augmented(set));
    }

    private static unsafe float[] Augmented(DataSet set)
    {
        var (image, target) = (new float[6], new float[1]);
        fixed (float* inputs = image, targets = target)
            set.CreateTrainingReader().Read([0], 0, inputs, targets);
        return image;
    }

    private DataSet Load(ImageColor? color = null) => DataSet.Load(new ImagesData(Root) { Color = color }, TargetType.Class, seed: 1);

    /// <summary>2 by 3 grey pixels, first, first + 1, …</summary>
    private void Write(string name, byte first) => Write(name, PngBytes.GreyOf(3, 2, index => (byte)(first + index)));

    private void Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
