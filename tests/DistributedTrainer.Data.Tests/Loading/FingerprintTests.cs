using System.Security.Cryptography;
using System.Text;

namespace DistributedTrainer.Data.Tests;

public sealed class FingerprintTests : IDisposable
{
    private const string Text = "a,y\n1,2\n3,4\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_the_hash_of_roles_and_file_hashes_whatever_the_path()
    {
        var expected = Hex(Encoding.UTF8.GetBytes($"train {Hex(Encoding.UTF8.GetBytes(Text))}\n"));

        Assert.Equal(expected, Sha256(new CsvData(_folder.WriteText("one.csv", Text), "y")));
        Assert.Equal(expected, Sha256(new CsvData(_folder.WriteText("two.csv", Text), "y")));
    }

    [Fact]
    public void Differs_with_a_byte_and_with_the_role_of_a_file()
    {
        var (train, other) = (_folder.WriteText("one.csv", Text), _folder.WriteText("two.csv", Text + "5,6\n"));
        var hashes = new[]
        {
            Sha256(new CsvData(train, "y")),
            Sha256(new CsvData(other, "y")),
            Sha256(new CsvData(train, "y") { ValidationFiles = new DataFiles(other) }),
            Sha256(new CsvData(train, "y") { TestFiles = new DataFiles(other) }),
            Sha256(new CsvData(other, "y") { ValidationFiles = new DataFiles(train) }),
        };

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Theory]
    [InlineData("digits", "8e61abe358b147cd015f48217f77b21bb255b2e39b4626a4e0b420d943ed790f")]
    [InlineData("iris", "1fa3add396e575c76710ec4fac3f72033f2ef620f702cab5b767dc38ee3eb4e2")]
    [InlineData("wine", "4d7f26de65a1f90bc23264c0dc4aa05e046b46945bb8ae7fbd3305f4711d95ea")]
    [InlineData("breast-cancer", "967d08965e432889ac430c435a3998c5a970d317aaa5442e13fbb81d53e747ce")]
    public void Of_the_sets_carried_never_changes(string name, string expected)
    {
        // A line ending converted on checkout would show here.
        using var set = DataSet.Load(new BuiltInData(name), TargetType.Class, seed: 1);

        Assert.Equal(expected, set.Sha256);
    }

    [Fact]
    public void Of_made_data_covers_the_sizes_and_the_seed()
    {
        var hashes = new[]
        {
            Sha256(new SyntheticData(10, 3, 2)),
            Sha256(new SyntheticData(10, 3, 2), seed: 2),
            Sha256(new SyntheticData(10, 3, 3)),
            Sha256(new SyntheticData(10, 4, 2)),
            Sha256(new SyntheticData(11, 3, 2)),
        };

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], Sha256(new SyntheticData(10, 3, 2)));
    }

    private static string Sha256(DataSpec spec, ulong seed = 1)
    {
        using var set = DataSet.Load(spec, TargetType.Values, seed);
        return set.Sha256;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
