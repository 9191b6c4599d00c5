namespace DistributedTrainer.Data;

/// <summary>Loads text: the first part of the tokens trains, the last ones validate and test.</summary>
internal static class TextLoader
{
    public static DataSet Load(TextData spec, TargetType target)
    {
        var path = spec.Path ?? TinyShakespeare.Find();
        if (target != TargetType.Class)
            throw new DataException($"{path}: text predicts the next token, one of a vocabulary; use the loss cross-entropy.");
        var stride = spec.Stride ?? spec.Window;
        if (spec.Window < 1 || stride < 1)
            throw new DataException($"{path}: window {spec.Window}, stride {stride}; each must be 1 or more.");
        if (spec.ValidationFraction + spec.TestFraction >= 1)
            throw new DataException($"{path}: validation {spec.ValidationFraction} and test {spec.TestFraction} leave no text to train on.");
        var fingerprint = new DataFingerprint();
        var owned = new OwnedTokens();
        try
        {
            fingerprint.AddFile("train", path);
            var (tokens, vocabulary) = TokenFile.Open(path, spec.Tokens);
            owned.Add(tokens);
            var test = (long)(tokens.Count * spec.TestFraction + 0.5);
            var validation = (long)(tokens.Count * spec.ValidationFraction + 0.5);
            var training = tokens.Count - validation - test;
            var files = new List<TokenFile> { tokens };
            var layout = new TextLayout(
                new TextPart(0, 0, training, stride),
                Part("validation", spec.ValidationFiles, training, validation),
                Part("test", spec.TestFiles, training + validation, test));
            return ToDataSet(files, layout, path, fingerprint.Sha256(), owned, new Preparation
            {
                Normalization = Normalization.None,
                Target = target,
                InputShape = [spec.Window],
                TargetLength = spec.Window,
                Classes = vocabulary.Names,
                Tokens = spec.Tokens,
            });

            TextPart? Part(string role, DataFiles? own, long first, long count)
            {
                if (own is null)
                    return count == 0 ? null : new TextPart(0, first, count, spec.Window);
                fingerprint.AddFile(role, own.Path);
                files.Add(owned.Add(TokenFile.Open(own.Path, spec.Tokens, vocabulary).Tokens));
                return new TextPart(files.Count - 1, 0, files[^1].Count, spec.Window);
            }
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>The set of windows over token files, whether they were read or are fetched.</summary>
    /// <param name="files">The main one, then those of parts with a file of their own.</param>
    /// <param name="path">For messages.</param>
    public static DataSet ToDataSet(
        IReadOnlyList<TokenFile> files, TextLayout layout, string path, string sha256, IDisposable owner, Preparation preparation)
    {
        var window = preparation.InputShape[0];
        var isWide = preparation.Classes.Count > byte.MaxValue + 1;
        return new DataSet
        {
            InputShape = preparation.InputShape,
            TargetLength = window,
            Classes = preparation.Classes,
            Columns = [],
            Train = Part("training", layout.Train)!,
            Validation = Part("validation", layout.Validation),
            Test = Part("test", layout.Test),
            Sha256 = sha256,
            Preparation = preparation,
            Layout = files[0].Cache is not null ? null : new DataLayout(
                new StoredRows([.. files.Select(file => new StoredTokens(file, StoredTokens.ChunkOf(window), isWide))]), !isWide)
            {
                Text = layout,
                Tokens = [.. files.Select(file => file.Count)],
            },
            Owner = owner,
        };

        Examples? Part(string role, TextPart? part) =>
            part is null ? null : Windows(files[part.File], path, role, part.First, part.Count, window, part.Stride);
    }

    /// <summary>A text for a trained model, in windows one behind the other.</summary>
    public static NewRows LoadNew(DataFiles files, Preparation preparation)
    {
        var fingerprint = new DataFingerprint();
        fingerprint.AddFile("test", files.Path);
        var kind = preparation.Tokens!.Value;
        var window = preparation.InputShape[0];
        var tokens = TokenFile.Open(files.Path, kind, Vocabulary.Restore(kind, preparation.Classes)).Tokens;
        return new NewRows
        {
            Examples = Windows(tokens, files.Path, "new", 0, tokens.Count, window, window),
            Sha256 = fingerprint.Sha256(),
            Owner = tokens,
        };
    }

    private static TextWindows Windows(TokenFile tokens, string path, string role, long first, long count, int window, int stride)
    {
        var windows = count <= window ? 0 : (count - window - 1) / stride + 1;
        if (windows is < 1 or > int.MaxValue)
        {
            throw new DataException(
                $"{path}: {count:N0} {role} tokens make {windows:N0} windows of {window} tokens and the one that follows, {stride} apart; "
                    + $"1 to {int.MaxValue:N0} are allowed.");
        }

        return new TextWindows(tokens, first, count, window, stride);
    }

    private sealed class OwnedTokens : IDisposable
    {
        private readonly List<TokenFile> _files = [];

        public TokenFile Add(TokenFile file)
        {
            _files.Add(file);
            return file;
        }

        public void Dispose() => _files.ForEach(file => file.Dispose());
    }
}
