namespace DistributedTrainer.Data.Tests;

/// <summary>Each change against what its name says, on images whose pixels all differ.</summary>
public unsafe class AugmentationTests
{
    private static readonly ImageShape Shape = new(2, 5, 7);

    [Fact]
    public void Shift_moves_all_channels_alike_and_brings_black_in()
    {
        var moves = new HashSet<(int, int)>();
        for (uint row = 0; row < 300; row++)
        {
            var moved = Changed(new Shift(2), row);
            var (down, right) = Enumerable.Range(-2, 5).SelectMany(down => Enumerable.Range(-2, 5).Select(right => (down, right)))
                .Single(move => moved.SequenceEqual(Moved(move.down, move.right)));
            moves.Add((down, right));
        }

        Assert.Equal(25, moves.Count);
    }

    [Fact]
    public void Flip_mirrors_as_often_as_it_says()
    {
        var both = new Flip { Horizontal = 0.25, Vertical = 0.5 };
        var counts = Enumerable.Range(0, 4000).Select(row => Changed(both, (uint)row)).Select(image => (
            Sides: image[0] == Pixel(0, 0, 6) || image[0] == Pixel(0, 4, 6), Ends: image[0] == Pixel(0, 4, 0) || image[0] == Pixel(0, 4, 6))).ToList();
        Assert.InRange(counts.Count(flip => flip.Sides), 900, 1100);
        Assert.InRange(counts.Count(flip => flip.Ends), 1880, 2120);
        Assert.Equal(Mirrored(sides: true, ends: true), Changed(new Flip { Horizontal = 1, Vertical = 1 }, 3));
        Assert.Equal(Mirrored(sides: true, ends: false), Changed(new Flip { Horizontal = 1 }, 3));
        Assert.Equal(Image(), Changed(new Flip { Horizontal = 0 }, 3));
    }

    [Fact]
    public void A_quarter_turn_takes_each_pixel_to_its_place()
    {
        var square = new ImageShape(1, 3, 3);
        float[] values = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        var scratch = new float[9];
        fixed (float* image = values, room = scratch)
            new PlaneMap(0, 1, 0, -1, 0, 2).Apply(new ImageWork(image, room, square, 1, default));
        Assert.Equal([7f, 4, 1, 8, 5, 2, 9, 6, 3], values);
    }

    [Fact]
    public void Half_a_pixel_aside_is_the_mean_of_two_and_black_outside()
    {
        float[] values = [1, 2, 4, 8];
        var scratch = new float[4];
        fixed (float* image = values, room = scratch)
            new PlaneMap(1, 0, 0.5f, 0, 1, 0).Apply(new ImageWork(image, room, new ImageShape(1, 2, 2), 1, default));
        Assert.Equal([1.5f, 1, 6, 4], values);
    }

    [Fact]
    public void Rotate_turns_both_ways_within_its_limit_and_keeps_the_middle()
    {
        var middles = new List<float>();
        var ways = new HashSet<int>();
        for (uint row = 0; row < 100; row++)
        {
            var turned = Changed(new Rotate(20), row);
            middles.Add(MathF.Abs(turned[2 * 7 + 3] - Pixel(0, 2, 3)));
            ways.Add(MathF.Sign(turned[2 * 7 + 5] - Pixel(0, 2, 5)));
        }

        Assert.All(middles, off => Assert.InRange(off, 0, 1e-3f));
        Assert.Superset(new HashSet<int> { -1, 1 }, ways);
    }

    [Fact]
    public void Crop_stays_inside_the_image()
    {
        for (uint row = 0; row < 200; row++)
        {
            var values = Changed(new Crop(0.5), row);
            // Every pixel lies between its neighbours; black from outside would be below the smallest.
            Assert.InRange(values.Min(), Pixel(0, 0, 0), Pixel(1, 4, 6));
            Assert.InRange(values.Max(), Pixel(0, 0, 0), Pixel(1, 4, 6) + 0.01f);
        }

        Assert.Equal(Image(), Changed(new Crop(1), 5));
    }

    [Fact]
    public void Noise_has_its_deviation_in_parts_of_white()
    {
        var image = Image();
        var differences = Enumerable.Range(0, 400).SelectMany(row => Changed(new Noise(0.02), (uint)row).Zip(image, (noisy, plain) => (double)(noisy - plain))).ToList();
        Assert.InRange(differences.Average(), -0.2, 0.2);
        Assert.InRange(Math.Sqrt(differences.Average(value => value * value)), 0.98 * 0.02 * 255, 1.02 * 0.02 * 255);
    }

    [Fact]
    public void Cutout_blackens_one_square_of_all_channels()
    {
        for (uint row = 0; row < 200; row++)
        {
            var values = Changed(new Cutout(3), row);
            var black = Enumerable.Range(0, 35).Where(pixel => values[pixel] == 0).ToList();
            var (top, bottom) = (black.Min() / 7, black.Max() / 7);
            var (left, right) = (black.Min(pixel => pixel % 7), black.Max(pixel => pixel % 7));
            Assert.Equal(black.Count, (bottom - top + 1) * (right - left + 1));
            Assert.InRange(bottom - top + 1, 2, 3);
            Assert.InRange(right - left + 1, 2, 3);
            Assert.Equal(black, Enumerable.Range(0, 35).Where(pixel => values[35 + pixel] == 0));
        }
    }

    [Fact]
    public void Depends_on_seed_place_row_and_epoch_alone()
    {
        Augmentation[] changes = [new Shift(1), new Shift(1)];
        var one = Changed(changes, 1, 2, 3);
        Assert.Equal(one, Changed(changes, 1, 2, 3));
        Assert.NotEqual(Sequence(row => Changed(changes, 1, row, 0)), Sequence(row => Changed(changes, 2, row, 0)));
        Assert.NotEqual(Sequence(row => Changed(changes, 1, row, 0)), Sequence(row => Changed(changes, 1, row, 1)));
        Assert.NotEqual(Sequence(row => Changed([new Shift(1)], 1, row, 0)), Sequence(row => Changed([new Flip { Horizontal = 0 }, new Shift(1)], 1, row, 0)));

        static float[] Sequence(Func<uint, float[]> image) => [.. Enumerable.Range(0, 20).SelectMany(row => image((uint)row))];
    }

    /// <summary>A change of one of these bits changes the weights of every job that augments: it raises the arithmetic version.</summary>
    [Fact]
    public void Bits_stay_what_they_are()
    {
        Augmentation[] changes = [new Shift(1), new Flip(), new Rotate(30), new Crop(0.7), new Noise(0.1), new Cutout(2)];
        var image = Changed(changes, 7, 11, 13);
        var bits = image.Aggregate(17u, (hash, value) => unchecked(hash * 16_777_619u ^ BitConverter.SingleToUInt32Bits(value)));
        Assert.Equal(2_411_520_320u, bits);
    }

    private static float[] Changed(Augmentation change, uint row) => Changed([change], 42, row, 0);

    private static float[] Changed(Augmentation[] changes, ulong seed, uint row, uint epoch)
    {
        var (values, scratch) = (Image(), new float[Shape.Length]);
        var augmentation = ImageAugmentation.Of(changes, "test", [Shape.Channels, Shape.Height, Shape.Width], areBytes: true, seed)!;
        fixed (float* image = values, room = scratch)
            augmentation.Apply(image, room, row, epoch);
        return values;
    }

    private static float Pixel(int channel, int y, int x) => 1 + channel * 100 + y * 7 + x;

    private static float[] Image() => Of(Pixel);

    private static float[] Moved(int down, int right) => Of((channel, y, x) =>
        y - down is >= 0 and < 5 && x - right is >= 0 and < 7 ? Pixel(channel, y - down, x - right) : 0);

    private static float[] Mirrored(bool sides, bool ends) => Of((channel, y, x) => Pixel(channel, ends ? 4 - y : y, sides ? 6 - x : x));

    private static float[] Of(Func<int, int, int, float> pixel) =>
    [
        .. from channel in Enumerable.Range(0, 2) from y in Enumerable.Range(0, 5) from x in Enumerable.Range(0, 7) select pixel(channel, y, x),
    ];
}
