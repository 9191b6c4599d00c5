using CsCheck;

namespace DistributedTrainer.Data.Tests;

public class SplitTests
{
    private static readonly Gen<(int[] Classes, double Validation, double Test, ulong Seed)> Splits =
        from classes in Gen.Int[0, 4].Array[30, 300]
        from validation in Gen.Double[0.05, 0.5]
        from test in Gen.Double[0.05, 0.4]
        from seed in Gen.ULong
        select (classes, validation, test, seed);

    [Fact]
    public void Parts_share_the_rows_and_keep_their_order() => Splits.Sample(split =>
    {
        var (training, validation, test) = Draw(split.Classes, split.Validation, split.Test, split.Seed);

        Assert.Equal(Enumerable.Range(0, split.Classes.Length), training.Concat(validation).Concat(test).Order());
        Assert.All([training, validation, test], part => Assert.Equal(part.Order(), part));
    });

    [Fact]
    public void A_part_has_the_rounded_share_unless_each_class_is_down_to_one_training_row() => Splits.Sample(split =>
    {
        var (_, validation, test) = Draw(split.Classes, split.Validation, split.Test, split.Seed);
        var spare = split.Classes.Length - split.Classes.Distinct().Count();

        Assert.Equal(int.Min((int)(split.Classes.Length * split.Validation + 0.5), spare), validation.Length);
        Assert.Equal(int.Min((int)(split.Classes.Length * split.Test + 0.5), spare - validation.Length), test.Length);
    });

    [Fact]
    public void Each_class_has_its_share_within_a_row() =>
        (from sizes in Gen.Int[10, 60].Array[1, 6]
         from validation in Gen.Double[0.05, 0.3]
         from test in Gen.Double[0.05, 0.3]
         from seed in Gen.ULong
         select (sizes, validation, test, seed)).Sample(split =>
        {
            int[] classes = [.. split.sizes.SelectMany((size, number) => Enumerable.Repeat(number, size))];
            var (_, validation, test) = Draw(classes, split.validation, split.test, split.seed);
            for (var number = 0; number < split.sizes.Length; number++)
            {
                var size = split.sizes[number];
                Assert.InRange(validation.Count(row => classes[row] == number) - size * split.validation, -1.0001, 1.0001);
                Assert.InRange(test.Count(row => classes[row] == number) - size * split.test, -1.0001, 1.0001);
            }
        });

    [Fact]
    public void Every_class_stays_in_training() =>
        (from classes in Gen.Int[0, 40].Array[60, 80] from seed in Gen.ULong select (classes, seed)).Sample(split =>
        {
            var (training, _, _) = Draw(split.classes, 0.3, 0.3, split.seed);

            Assert.Equal(split.classes.Distinct().Order(), training.Select(row => split.classes[row]).Distinct().Order());
        });

    [Fact]
    public void Depends_on_the_seed_and_nothing_else()
    {
        var classes = Enumerable.Range(0, 200).Select(row => row % 3).ToArray();

        Assert.Equal(Draw(classes, 0.2, 0.1, 5).Validation, Draw(classes, 0.2, 0.1, 5).Validation);
        Assert.NotEqual(Draw(classes, 0.2, 0.1, 5).Validation, Draw(classes, 0.2, 0.1, 6).Validation);
    }

    [Fact]
    public void Row_ids_are_places_in_the_whole_set()
    {
        using var set = DataSet.Load(new BuiltInData("iris") { ValidationFraction = 0.2, TestFraction = 0.1 }, TargetType.Class, seed: 3);
        var parts = new[] { set.Train, set.Validation!, set.Test! };

        Assert.Equal([105, 30, 15], parts.Select(part => part.Count));
        Assert.Equal(
            Enumerable.Range(0, 150).Select(row => (long)row),
            parts.SelectMany(part => Enumerable.Range(0, part.Count).Select(part.RowId)).Order());
        Assert.Equal([10, 10, 10], set.Validation!.Targets(4).CountBy(target => target).Select(count => count.Value));
    }

    [Theory]
    [InlineData(-0.1, 0, "validation: -0.1 is no fraction")]
    [InlineData(0, 1.0, "test: 1 is no fraction")]
    [InlineData(double.NaN, 0, "validation: NaN is no fraction")]
    [InlineData(0.6, 0.4, "leave no rows to train on")]
    [InlineData(0.001, 0, "validation: 0.001 of the 150 rows of iris is no row")]
    public void Refuses_fractions_that_cannot_be(double validation, double test, string message)
    {
        var spec = new BuiltInData("iris") { ValidationFraction = validation, TestFraction = test };

        Assert.Contains(message, Assert.Throws<DataException>(() => DataSet.Load(spec, TargetType.Class, seed: 1)).Message);
    }

    [Fact]
    public void A_fraction_and_a_file_together_are_refused()
    {
        var spec = new BuiltInData("iris") { ValidationFraction = 0.1, ValidationFiles = new DataFiles("v.csv") };

        Assert.Contains("choose one", Assert.Throws<DataException>(() => DataSet.Load(spec, TargetType.Class, seed: 1)).Message);
    }

    private static RowSplit Draw(int[] classes, double validation, double test, ulong seed)
    {
        var labels = new LabelColumn();
        foreach (var number in classes)
            labels.Add($"{number}");
        return RowSplit.Draw("test", classes.Length, labels, validation, test, seed);
    }
}
