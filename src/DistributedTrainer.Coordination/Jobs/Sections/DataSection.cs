using DistributedTrainer.Data;

namespace DistributedTrainer.Coordination;

/// <summary><c>data</c>: where the examples come from and how they are prepared.</summary>
internal static class DataSection
{
    public static Form<DataSpec> Form { get; } = Sources();

    /// <summary>
    /// Images 0 to 1, tables standardized, arrays and random inputs as they are. Null for IDX: whether those are images shows only
    /// when the file is read.
    /// </summary>
    public static Normalization? DefaultNormalization(DataSpec data) => data switch
    {
        MnistData or ImagesData => Normalization.Scale,
        BuiltInData or CsvData => Normalization.Standard,
        IdxData => null,
        _ => Normalization.None,
    };

    private static TaggedForm<DataSpec> Sources()
    {
        var sources = new TaggedForm<DataSpec>("source");
        foreach (var set in (ReadOnlySpan<string>)["digits", "iris", "wine", "breast-cancer", "diabetes"])
            sources.Add(
                set,
                Parts(Keys($"The set {set}, which the product carries.", set, new BuiltInData(set)), PartForm.Table),
                data => data.Set == set);
        return sources
            .Add("mnist", Mnist())
            .Add("csv", Csv())
            .Add("idx", Idx())
            .Add("npy", Npy())
            .Add("synthetic", Synthetic())
            .Add("text", Text())
            .Add("images", Images());
    }

    private static MapForm<MnistData> Mnist()
    {
        var keys = Keys("MNIST's four files.", "mnist", new MnistData())
            .Optional("path", "The folder with the four files; by default $DTRAIN_DATA/mnist.", PathForm.Instance,
                data => data.Path, (data, path) => data with { Path = path }, inRecipe: false);
        Validation(keys, PartForm.FractionOnly);
        keys.Refused("test", "mnist brings its own test part of 10,000 rows; remove the key");
        return Augment(Preparation(keys));
    }

    private static MapForm<CsvData> Csv()
    {
        var columns = new ListForm<string>("column names", TextForm.Column);
        var keys = Keys("A comma-separated table with a header line.", "csv", new CsvData("", ""))
            .Required("path", "The file.", PathForm.Instance, data => data.Path, (data, path) => data with { Path = path }, inRecipe: false)
            .Required("target", "The column to predict.", TextForm.Column, data => data.Target, (data, name) => data with { Target = name })
            .Optional("categorical", "Columns turned into one column a value, 0 or 1; the rest is numeric.", columns,
                data => data.Categorical, (data, names) => data with { Categorical = names })
            .Optional("ignore", "Columns to leave out.", columns, data => data.Ignore, (data, names) => data with { Ignore = names })
            .Optional("missing", "What an empty field becomes.", new WordForm<MissingValues>("treatment of missing values"),
                data => data.Missing, (data, missing) => data with { Missing = missing })
            .Rule("categorical", data => data.Categorical.Contains(data.Target)
                ? $"'{data.Target}' is the target; classes need no one-hot columns" : Twice(data.Categorical))
            .Rule("ignore", data => data.Ignore.Contains(data.Target)
                ? $"'{data.Target}' is the target and cannot be ignored" : Twice(data.Ignore))
            .Rule("ignore", data => data.Ignore.Intersect(data.Categorical).FirstOrDefault() is { } both
                ? $"'{both}' stands in categorical too; keep it in one of the two lists" : null);
        return Parts(keys, PartForm.Table);
    }

    private static MapForm<IdxData> Idx() => Augment(Parts(
        Keys("IDX files, plain or gzipped.", "idx", new IdxData("", ""))
            .Required("path", "The inputs' file.", PathForm.Instance, data => data.Path, (data, path) => data with { Path = path }, inRecipe: false)
            .Required("labels", "The labels' file.", PathForm.Instance,
                data => data.Labels, (data, path) => data with { Labels = path }, inRecipe: false),
        PartForm.InputsAndLabels));

    private static MapForm<NpyData> Npy() => Augment(Parts(
        Keys("NumPy's .npy files.", "npy", new NpyData("", ""))
            .Required("path", "The inputs' file.", PathForm.Instance, data => data.Path, (data, path) => data with { Path = path }, inRecipe: false)
            .Required("labels", "The labels' file.", PathForm.Instance,
                data => data.Labels, (data, path) => data with { Labels = path }, inRecipe: false),
        PartForm.InputsAndLabels));

    private static MapForm<ImagesData> Images() => Augment(Parts(
        Keys("PNG files of one size, in a folder for each class.", "images", new ImagesData(""))
            .Required("path", "The folder with the classes' folders.", PathForm.Instance,
                data => data.Path, (data, path) => data with { Path = path }, inRecipe: false)
            .Optional("color", "What images become; by default what the first one is, and then all must be it.",
                new UnsetForm<ImageColor>(new WordForm<ImageColor>("color")), data => data.Color, (data, color) => data with { Color = color }),
        PartForm.Table));

    private static MapForm<TextData> Text()
    {
        var count = new WholeForm<int>(1);
        var keys = Keys("A text file as windows of tokens; each token's target is the one that follows.", "text", new TextData(null, 0))
            .Optional("path", "The file; by default $DTRAIN_DATA/tinyshakespeare/input.txt.", PathForm.Instance,
                data => data.Path, (data, path) => data with { Path = path }, inRecipe: false)
            .Required("window", "Tokens in a window.", count, data => data.Window, (data, window) => data with { Window = window })
            .Optional("tokens", "characters: those of the file are the vocabulary, saved with the model. bytes: all 256.",
                new WordForm<TokenKind>("kind of tokens"), data => data.Tokens, (data, tokens) => data with { Tokens = tokens })
            .Optional("stride", "Tokens from one training window's begin to the next one's; by default the window's length.",
                new UnsetForm<int>(count), data => data.Stride, (data, stride) => data with { Stride = stride });
        Fractions(keys, PartForm.Table, "the last part of the text");
        keys.Refused("normalize", "tokens are indexes, which are not scaled; remove the key");
        return Sharding(keys);
    }

    private static MapForm<SyntheticData> Synthetic()
    {
        var count = new WholeForm<int>(1);
        var keys = Keys("Random inputs and classes, keyed by the seed, for benchmarks.", "synthetic", new SyntheticData(1, 1, 1))
            .Required("rows", "Number of rows.", count, data => data.Rows, (data, rows) => data with { Rows = rows })
            .Required("inputs", "Length of an input.", count, data => data.Inputs, (data, inputs) => data with { Inputs = inputs })
            .Required("classes", "Number of classes.", count, data => data.Classes, (data, classes) => data with { Classes = classes })
            .Optional("distinct", "Rows that differ; the others repeat them. By default all.", new UnsetForm<int>(count),
                data => data.Distinct, (data, distinct) => data with { Distinct = distinct })
            .Optional("tokens", "Whether inputs are tokens, indexes below the classes, each with a class of its own.", BooleanForm.Instance,
                data => data.Tokens, (data, tokens) => data with { Tokens = tokens });
        return Parts(keys, PartForm.FractionOnly);
    }

    private static MapForm<T> Keys<T>(string doc, string source, T blank)
        where T : DataSpec => new MapForm<T>(doc, (T)(blank with { Normalize = DefaultNormalization(blank) }))
            .Fixed("source", "The kind of data.", source, isRequired: true);

    /// <summary>The keys that all sources share, in the order of the documentation.</summary>
    private static MapForm<T> Parts<T>(MapForm<T> keys, PartForm part)
        where T : DataSpec
    {
        Fractions(keys, part, "drawn by the seed, stratified by class");
        return Preparation(keys);
    }

    private static void Fractions<T>(MapForm<T> keys, PartForm part, string how)
        where T : DataSpec
    {
        Validation(keys, part, how);
        keys.Optional("test", "A fraction of the rows kept for the test after training, or files.", part,
            data => new Part(data.TestFraction, data.TestFiles),
            (data, test) => (T)(data with { TestFraction = test.Fraction, TestFiles = test.Files }));
        keys.Rule("validation", data => data.ValidationFraction + data.TestFraction < 1
            ? null
            : $"validation ({Numerals.Text(data.ValidationFraction)}) and test ({Numerals.Text(data.TestFraction)}) leave no rows to train on; "
                + "their sum must be below 1");
    }

    private static void Validation<T>(MapForm<T> keys, PartForm part, string how = "drawn by the seed, stratified by class")
        where T : DataSpec => keys.Optional(
            "validation", $"A fraction of the rows kept for validation, {how}; or files.", part,
            data => new Part(data.ValidationFraction, data.ValidationFiles),
            (data, validation) => (T)(data with { ValidationFraction = validation.Fraction, ValidationFiles = validation.Files }));

    private static MapForm<T> Preparation<T>(MapForm<T> keys)
        where T : DataSpec => Sharding(Labels(keys)
        .Optional("normalize", "How inputs are scaled; fitted on the training rows.",
            new UnsetForm<Normalization>(new WordForm<Normalization>("normalization")),
            data => data.Normalize, (data, normalize) => (T)(data with { Normalize = normalize })));

    private static MapForm<T> Labels<T>(MapForm<T> keys)
        where T : DataSpec => keys
        .Optional("labelled", "How many training rows keep their labels, such as 50 rows, drawn by the seed, stratified by class; by default all.",
            new UnsetForm<long>(new CountForm("rows", int.MaxValue)),
            data => data.LabelledRows, (data, rows) => (T)(data with { LabelledRows = (int?)rows }))
        .Optional("unlabelled", "Rows without labels, for pseudo-labels: a file of inputs as predict takes them.", PartForm.InputsOnly,
            data => data.UnlabelledFiles, (data, files) => (T)(data with { UnlabelledFiles = files }))
        .Rule("labelled", data => data.LabelledRows is not null && data.UnlabelledFiles is not null
            ? "unlabelled rows come from a file already (unlabelled); keep one of the two keys" : null);

    private static MapForm<T> Sharding<T>(MapForm<T> keys)
        where T : DataSpec => keys
        .Optional("shard-by", "batch: shards are slices of every shuffled batch. rows: shards are fixed parts of the rows.",
            new WordForm<ShardBy>("way to shard"), data => data.ShardBy, (data, by) => (T)(data with { ShardBy = by }));

    /// <summary>Not written where it is empty, so that recipes without it stay what they were.</summary>
    private static MapForm<T> Augment<T>(MapForm<T> keys)
        where T : DataSpec => keys
        .Optional("augment", "Random changes of the training images, one after another; others for each image in each epoch.", AugmentSection.Form,
            data => data.Augment.Count == 0 ? null : data.Augment, (data, changes) => (T)(data with { Augment = changes }));

    private static string? Twice(IReadOnlyList<string> names) =>
        names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } group ? $"'{group.Key}' stands twice in the list" : null;
}
