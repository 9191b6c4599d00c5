using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public class NormLedgerTests
{
    private const int Trained = 10 * ParameterLayout.BlockLength + 5;
    private static readonly IReadOnlyList<ServerRange> Ranges = ServerRange.Split(Trained, 3, statistics: 7);

    [Fact]
    public void The_factor_is_known_once_all_ranges_have_told_theirs_in_any_order()
    {
        var ledger = new NormLedger(1, Ranges, Trained);
        Assert.Equal(11, Enumerable.Range(0, 3).Sum(ledger.CountOf));
        foreach (var range in (int[])[2, 0, 1])
        {
            Assert.Null(ledger.Factor(5));
            ledger.Begin(range, 5).Fill(range + 1);
        }

        var sums = Enumerable.Range(0, 3).SelectMany(range => Enumerable.Repeat(range + 1.0, ledger.CountOf(range))).ToArray();
        Assert.Equal(GradientNorm.Factor(1, sums), ledger.Factor(5));
        Assert.Equal(sums[..ledger.CountOf(0)], ledger.Find(0, 5));
    }

    /// <summary>The primary's sums died with it on their way, and its backup has made the step's version without ever seeing them.</summary>
    [Fact]
    public void A_factor_that_others_have_used_stands_in_for_sums_that_nobody_has()
    {
        var ledger = new NormLedger(1, Ranges, Trained);
        ledger.Begin(1, 5).Fill(1);
        ledger.Settle(5, 0.25f);
        Assert.Equal(0.25f, ledger.Factor(5));
        Assert.True(ledger.Find(0, 5).IsEmpty);
        ledger.Settle(5, 0.25f);
        ledger.Settle(1, 0.5f); // long past
        Assert.Null(ledger.Factor(1));
    }

    [Fact]
    public void Two_factors_of_one_step_are_a_defect()
    {
        var ledger = new NormLedger(1, Ranges, Trained);
        ledger.Settle(5, 0.25f);
        Assert.Contains("step 5", Assert.Throws<BrokenInvariantException>(() => ledger.Settle(5, 0.5f)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_here_already_is_not_taken_again()
    {
        var ledger = new NormLedger(1, Ranges, Trained);
        ledger.Begin(0, 5).Fill(1);
        Assert.True(ledger.Begin(0, 5).IsEmpty);
    }

    [Fact]
    public void Two_steps_back_are_kept_for_a_successor_and_older_ones_are_not()
    {
        var ledger = new NormLedger(1, Ranges, Trained);
        for (var step = 0; step < 8; step++)
            ledger.Begin(1, step).Fill(step);
        Assert.Equal(5.0, ledger.Find(1, 5)[0]);
        Assert.Equal(7.0, ledger.Find(1, 7)[0]);
        Assert.True(ledger.Find(1, 3).IsEmpty);
        Assert.True(ledger.Begin(0, 3).IsEmpty);
        Assert.Null(ledger.Factor(7));
    }
}
