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
