using System.Security.Cryptography;
using System.Text;

namespace DistributedTrainer.Data;

/// <summary>
/// The identity of a data set: SHA-256 over one line <c>role sha256\n</c> a file, in the order train, train-labels, validation,
/// validation-labels, test, test-labels, where sha256 is the lower-case hex hash of the file's bytes as they are stored. It does not
/// depend on paths; a gzipped file and its unpacked content are different data.
/// </summary>
internal sealed class DataFingerprint
{
    private readonly StringBuilder _lines = new();

    public void AddFile(string role, string path)
    {
        using var stream = DataFile.OpenRead(path);
        Add(role, SHA256.HashData(stream));
    }

    public void AddBytes(string role, ReadOnlySpan<byte> bytes) => Add(role, SHA256.HashData(bytes));

    /// <summary>For data that are made, not read: a line that determines them.</summary>
    public void AddText(string line) => _lines.Append(line).Append('\n');

    public string Sha256() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_lines.ToString())));

    private void Add(string role, byte[] hash) => _lines.Append(role).Append(' ').Append(Convert.ToHexStringLower(hash)).Append('\n');
}
