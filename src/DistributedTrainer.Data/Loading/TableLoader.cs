namespace DistributedTrainer.Data;

/// <summary>Loads tables: CSV files and the built-in sets.</summary>
internal static class TableLoader
{
    public static DataSet Load(CsvData spec, TargetType target, ulong seed)
    {
        var fingerprint = new DataFingerprint();
        fingerprint.AddFile("train", spec.Path);
        return Load(spec, DataFile.OpenRead(spec.Path), spec.Path, fingerprint, target, seed);
    }

    public static DataSet Load(BuiltInData spec, TargetType target, ulong seed)
    {
        using var resource = BuiltInSets.Open(spec.Set);
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        var fingerprint = new DataFingerprint();
        fingerprint.AddBytes("train", bytes);
        var table = new CsvData("", "")
        {
            ValidationFraction = spec.ValidationFraction,
            ValidationFiles = spec.ValidationFiles,
            TestFraction = spec.TestFraction,
            TestFiles = spec.TestFiles,
            LabelledRows = spec.LabelledRows,
            Normalize = spec.Normalize,
        };
        return Load(table, new MemoryStream(bytes, writable: false), spec.Set, fingerprint, target, seed);
    }

    private static DataSet Load(CsvData spec, Stream stream, string name, DataFingerprint fingerprint, TargetType target, ulong seed)
    {
        // The built-in sets leave the target's name open: it is their last column.
        var main = CsvTableReader.Read(stream, name, spec.Missing, header =>
            TableSchema.Of(name, header, spec.Target.Length > 0 ? spec : spec with { Target = header[^1] }, target));
        var validation = ReadPart(spec.ValidationFiles, "validation");
        var test = ReadPart(spec.TestFiles, "test");

        var split = RowSplit.Draw(name, main.Rows, main.TargetLabels, spec, seed);
        var encoding = TableEncoding.Fit(main, split.Training, spec.Missing);
        var parts = new LoadedParts(
            main.ToSource(encoding.Apply(main)),
            split,
            validation is null ? null : validation.ToSource(encoding.Apply(validation)),
            test is null ? null : test.ToSource(encoding.Apply(test)));
        var preparation = new Preparation
        {
            Normalization = spec.Normalize ?? Normalization.Standard,
            Target = target,
            InputShape = [parts.Main.Inputs.Length],
            TargetColumn = main.Schema.Target,
            Columns = encoding.Columns,
        };
        return parts.ToDataSet(preparation, encoding.InputNames, encoding.IsOneHot, fingerprint.Sha256(), owner: null);

        Table? ReadPart(DataFiles? files, string role)
        {
            if (files is null)
                return null;
            fingerprint.AddFile(role, files.Path);
            return CsvTableReader.Read(DataFile.OpenRead(files.Path), files.Path, spec.Missing, _ => main.Schema);
        }
    }
}
