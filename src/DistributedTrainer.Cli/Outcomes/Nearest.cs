namespace DistributedTrainer.Cli;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Nearest
{
    /// <summary>"; did you mean 'train'?" or nothing where no word is within two edits.</summary>
    public static string Hint(string word, IEnumerable<string> known)
    {
        var best = known.Select(candidate => (Word: candidate, Edits: Edits(word, candidate))).OrderBy(pair => pair.Edits).FirstOrDefault();
        return best.Word is not null && best.Edits <= 2 ? $"; did you mean '{best.Word}'?" : "";
    }

    /// <summary>Insertions, deletions and replacements that lead from one word to the other (Levenshtein 1966).</summary>
    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
