namespace DistributedTrainer.Data;

/// <summary>Loads array files: inputs and labels each in a file, row by row (IDX, .npy, MNIST).</summary>
internal static class ArrayLoader
{
    public static DataSet Load(IdxData spec, TargetType target, ulong seed) =>
        Load(spec, new DataFiles(spec.Path, spec.Labels), IdxFile.Open, BytesAreImages, target, seed);

    public static DataSet Load(NpyData spec, TargetType target, ulong seed) =>
        Load(spec, new DataFiles(spec.Path, spec.Labels), NpyFile.Open, _ => Normalization.None, target, seed);

    public static DataSet Load(MnistData spec, TargetType target, ulong seed)
    {
        if (spec.TestFraction > 0 || spec.TestFiles is not null)
            throw new DataException("mnist brings its own 10,000 test rows; leave out 'test'.");
        var files = MnistFiles.Find(spec.Path);
        return Load(spec with { TestFiles = files.Test }, files.Train, IdxFile.Open, BytesAreImages, target, seed);
    }

    private static Normalization BytesAreImages(DenseArray inputs) =>
        inputs.Type == ElementType.UInt8 ? Normalization.Scale : Normalization.None;

    private static DataSet Load(
        DataSpec spec,
        DataFiles main,
        Func<string, DenseArray> open,
        Func<DenseArray, Normalization> defaultNormalization,
        TargetType target,
        ulong seed)
    {
        var fingerprint = new DataFingerprint();
        var arrays = new OwnedArrays();
        try
        {
            var train = ReadPart("train", main);
            var validation = spec.ValidationFiles is null ? null : ReadPart("validation", spec.ValidationFiles);
            var test = spec.TestFiles is null ? null : ReadPart("test", spec.TestFiles);
            var split = RowSplit.Draw(main.Path, train.Rows.Count, train.Rows.Labels, spec, seed);
            var preparation = new Preparation
            {
                Normalization = spec.Normalize ?? defaultNormalization(train.Inputs),
                Target = target,
                InputShape = train.Inputs.RowShape,
            };
            var parts = new LoadedParts(train.Rows, split, validation?.Rows, test?.Rows)
            {
                Augmentation = ImageAugmentation.Of(
                    spec.Augment, main.Path, train.Inputs.RowShape, train.Inputs.Type == ElementType.UInt8, seed),
            };
            return parts.ToDataSet(preparation, [], [], fingerprint.Sha256(), arrays);

            ArrayPart ReadPart(string role, DataFiles files)
            {
                if (files.Labels is null)
                    throw new DataException($"{files.Path} ({role}): the labels' file is not named; 'labels' is needed beside 'path'.");
                fingerprint.AddFile(role, files.Path);
                fingerprint.AddFile($"{role}-labels", files.Labels);
                var part = ArrayPart.Read(arrays.Add(open(files.Path)), arrays.Add(open(files.Labels)), target);
                if (role != "train")
                    part.RequireLike(arrays.First);
                return part;
            }
        }
        catch
        {
            arrays.Dispose();
            throw;
        }
    }
}
