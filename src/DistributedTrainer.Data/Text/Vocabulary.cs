using System.Globalization;
using System.Text;

namespace DistributedTrainer.Data;

/// <summary>The tokens of a text in index order, and how text becomes indexes and indexes text. Kept as the data's class names.</summary>
public sealed class Vocabulary
{
    private readonly Dictionary<int, int> _indexes;
    private readonly int[] _codes;

    private Vocabulary(TokenKind kind, int[] codes)
    {
        (Kind, _codes) = (kind, codes);
        _indexes = codes.Select((code, index) => (code, index)).ToDictionary(pair => pair.code, pair => pair.index);
        Names = [.. codes.Select(code => kind == TokenKind.Bytes ? code.ToString(CultureInfo.InvariantCulture) : char.ConvertFromUtf32(code))];
    }

    public TokenKind Kind { get; }

    public int Count => _codes.Length;

    /// <summary>A character each, or a byte's number: what model.json keeps.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>All bytes.</summary>
    public static Vocabulary Bytes { get; } = new(TokenKind.Bytes, [.. Enumerable.Range(0, 256)]);

    /// <summary>The characters that occur, in ascending order of code points.</summary>
    /// <param name="codes">Code points, in any order.</param>
    public static Vocabulary Of(IEnumerable<int> codes) => new(TokenKind.Characters, [.. codes.Distinct().Order()]);

    /// <summary>The vocabulary whose <see cref="Names"/> a model keeps.</summary>
    public static Vocabulary Restore(TokenKind kind, IReadOnlyList<string> names) =>
        kind == TokenKind.Bytes ? Bytes : new(kind, [.. names.Select(name => char.ConvertToUtf32(name, 0))]);

    /// <summary>The token's index, or −1 where the vocabulary does not have it.</summary>
    public int IndexOf(int code) => _indexes.GetValueOrDefault(code, -1);

    /// <exception cref="DataException">A character that the vocabulary does not have.</exception>
    public int[] Encode(string text)
    {
        if (Kind == TokenKind.Bytes)
            return [.. Encoding.UTF8.GetBytes(text).Select(octet => (int)octet)];
        return
        [
            .. text.EnumerateRunes().Select(rune => IndexOf(rune.Value) is >= 0 and var index
                ? index
                : throw new DataException($"'{rune}' is not in the model's vocabulary of {Count} characters: {string.Concat(Names.Where(name => name != "\n"))}")),
        ];
    }

    /// <summary>One token as the bytes of UTF-8 text; of several byte tokens only together do they make a character.</summary>
    public byte[] Utf8(int token) => Kind == TokenKind.Bytes ? [(byte)token] : Encoding.UTF8.GetBytes(Names[token]);

    /// <summary>Bytes that are no valid UTF-8 become the replacement character.</summary>
    public string Decode(IEnumerable<int> tokens) => Kind == TokenKind.Bytes
        ? Encoding.UTF8.GetString([.. tokens.Select(token => (byte)token)])
        : string.Concat(tokens.Select(token => Names[token]));
}
