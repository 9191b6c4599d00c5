namespace DistributedTrainer.Coordination.Tests;

public class RangePieceTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7_850, 2)]
    [InlineData(262_144, 1)]
    [InlineData(262_145, 1)]
    [InlineData(1_863_690, 2)]
    [InlineData(1_863_690, 5)]
    [InlineData(25_000_000, 3)]
    public void Pieces_cover_the_vector_in_order_without_gaps(int parameters, int servers)
    {
        var end = 0;
        foreach (var piece in RangePiece.Cut(ServerRange.Split(parameters, servers)))
        {
            Assert.Equal(end, piece.Begin);
            Assert.InRange(piece.Length, 1, RangePiece.MaxLength);
            end += piece.Length;
        }

        Assert.Equal(parameters, end);
    }

    [Theory, InlineData(1_863_690, 2), InlineData(25_000_000, 3)]
    public void A_piece_lies_in_one_range_and_is_counted_within_it(int parameters, int servers)
    {
        var ranges = ServerRange.Split(parameters, servers);
        var pieces = RangePiece.Cut(ranges);
        foreach (var range in ranges)
        {
            var own = pieces.Where(piece => piece.Range == range.Index).ToList();
            Assert.Equal(Enumerable.Range(0, own.Count), own.Select(piece => piece.Index));
            Assert.Equal(range.Begin, own[0].Begin);
            Assert.Equal(range.Begin + range.Length, own[^1].Begin + own[^1].Length);
            Assert.All(own[..^1], piece => Assert.Equal(RangePiece.MaxLength, piece.Length));
        }
    }

    /// <summary>Means and deviations of one channel must be joined together, so the statistics are in one piece.</summary>
    [Theory]
    [InlineData(100, 9_000, 3)]
    [InlineData(262_144, 300_000, 2)]
    [InlineData(600_000, 10, 2)]
    public void Running_statistics_are_never_cut(int parameters, int statistics, int servers)
    {
        var ranges = ServerRange.Split(parameters, servers, statistics);
        var pieces = RangePiece.Cut(ranges, statistics);
        Assert.Equal(ServerRange.Split(parameters, servers).Select(range => range.Begin), ranges.Select(range => range.Begin));
        Assert.Equal(parameters + statistics, ranges.Sum(range => range.Length));
        Assert.Equal(parameters + statistics, pieces.Sum(piece => piece.Length));
        Assert.True(pieces[^1].Begin < parameters);
        Assert.Equal(ranges[^1].Index, pieces[^1].Range);
    }
}
