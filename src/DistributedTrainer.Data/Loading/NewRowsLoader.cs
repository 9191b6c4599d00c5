namespace DistributedTrainer.Data;

/// <summary>Loads rows for a trained model: nothing is fitted, all comes from the <see cref="Preparation"/>.</summary>
internal static class NewRowsLoader
{
    /// <param name="firstId">Row id of the first row.</param>
    public static NewRows Load(DataFiles files, Preparation preparation, bool withTargets, long firstId = 0)
    {
        if (preparation.Tokens is not null)
            return TextLoader.LoadNew(files, preparation);
        if (preparation.Images is not null)
            return LoadImages(files, preparation, withTargets, firstId);
        var beginning = DataFile.Beginning(files.Path, 8);
        var isArray = Gzip.IsGzip(beginning) || IdxFile.IsIdx(beginning) || NpyFile.IsNpy(beginning);
        var wantsArray = preparation.TargetColumn is null;
        if (isArray != wantsArray)
        {
            throw new DataException(wantsArray
                ? $"{files.Path}: neither a .npy nor an IDX file; the model was trained on arrays with rows of shape "
                    + $"({string.Join(", ", preparation.InputShape)})."
                : $"{files.Path}: an array file; the model was trained on a table with the columns "
                    + $"{string.Join(", ", preparation.Columns.Take(20).Select(column => column.Name))}.");
        }

        return isArray ? LoadArrays(files, preparation, withTargets, firstId) : LoadTable(files, preparation, withTargets, firstId);
    }

    private static NewRows LoadImages(DataFiles files, Preparation preparation, bool withTargets, long firstId)
    {
        var fingerprint = new DataFingerprint();
        var (rows, owner) = ImageLoader.LoadNew(files.Path, preparation, withTargets, fingerprint);
        return Prepare(rows, preparation, withTargets, firstId, fingerprint, owner);
    }

    private static NewRows LoadTable(DataFiles files, Preparation preparation, bool withTargets, long firstId)
    {
        var fingerprint = new DataFingerprint();
        fingerprint.AddFile("test", files.Path);
        // Which missing values can be filled is known to the encoding; here they are only left open.
        var schema = TableSchema.Of(preparation, withTargets);
        var table = CsvTableReader.Read(DataFile.OpenRead(files.Path), files.Path, MissingValues.Mean, _ => schema);
        var source = table.ToSource(new TableEncoding(preparation.Columns).Apply(table));
        return Prepare(source, preparation, withTargets, firstId, fingerprint, owner: null);
    }

    private static NewRows LoadArrays(DataFiles files, Preparation preparation, bool withTargets, long firstId)
    {
        var fingerprint = new DataFingerprint();
        var arrays = new OwnedArrays();
        try
        {
            if (withTargets && files.Labels is null)
                throw new DataException($"{files.Path}: the labels' file is needed too, to compare with.");
            var inputs = Open("test", files.Path);
            var labels = withTargets ? Open("test-labels", files.Labels!) : null;
            var part = ArrayPart.Read(inputs, labels, preparation.Target);
            part.RequireShape(preparation.InputShape);
            return Prepare(part.Rows, preparation, withTargets, firstId, fingerprint, arrays);
        }
        catch
        {
            arrays.Dispose();
            throw;
        }

        DenseArray Open(string role, string path)
        {
            fingerprint.AddFile(role, path);
            return arrays.Add(NpyFile.IsNpy(DataFile.Beginning(path, 8)) ? NpyFile.Open(path) : IdxFile.Open(path));
        }
    }

    private static NewRows Prepare(
        SourceRows source, Preparation preparation, bool withTargets, long firstId, DataFingerprint fingerprint, IDisposable? owner)
    {
        var targets = !withTargets ? null
            : preparation.Target == TargetType.Values ? source.RequireValues(preparation.TargetLength)
            : new ClassIndex(preparation.Classes).ToTargets(source);
        var normalizer = new Normalizer(preparation.Normalization, [.. preparation.Offset], [.. preparation.Factor]);
        return new NewRows
        {
            Examples = new PreparedExamples(source.Inputs, targets, null, firstId, normalizer),
            Sha256 = fingerprint.Sha256(),
            Owner = owner,
        };
    }
}
