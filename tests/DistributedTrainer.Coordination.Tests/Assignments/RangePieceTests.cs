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
}
