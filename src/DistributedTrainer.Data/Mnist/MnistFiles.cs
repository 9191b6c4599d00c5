namespace DistributedTrainer.Data;

/// <summary>
/// The four files of MNIST, named as their authors named them (LeCun, Cortes, Burges; CC BY-SA 3.0). Sets made to the same names and
/// format, such as Fashion-MNIST, load too: names and shapes are checked, contents are the fingerprint's business.
/// </summary>
internal sealed record MnistFiles(DataFiles Train, DataFiles Test)
{
    public const string DataVariable = "DTRAIN_DATA";

    /// <summary>Names; SHA-256 of the gzipped files as tested with, and of their content, which other gzips of them share.</summary>
    private static readonly KnownFile[] Files =
    [
        new("train-images-idx3-ubyte.gz",
            "d2cebd02927d553943b2679536bf602ec0cdcb6555ad87dda5d640e1d425faaf",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        new("train-labels-idx1-ubyte.gz",
            "2a107763ddf1eef92815bfbb1b855b662a7228add9dfab29de697c644d666cda",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        new("t10k-images-idx3-ubyte.gz",
            "4e612d6003de73386763f2c35c044ab376e830da80adb2347651a1f182f103a1",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        new("t10k-labels-idx1-ubyte.gz",
            "909a5aeb9fcec3f171b427c45622a55f69dc15dd80bd0624413cbfbe12553c1c",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    /// <param name="folder">Where they lie; null for <c>$DTRAIN_DATA/mnist</c>.</param>
    /// <exception cref="DataException">
    /// A file is missing; the message says which, where they were looked for, and where to get them.
    /// </exception>
    public static MnistFiles Find(string? folder)
    {
        var data = Environment.GetEnvironmentVariable(DataVariable);
        if (folder is null && string.IsNullOrEmpty(data))
        {
            throw new DataException(
                $"mnist: neither 'path' nor the environment variable {DataVariable} says where the files are. {HowToGet("a folder")}")
            { IsMissing = true };
        }

        var place = folder ?? Path.Combine(data!, "mnist");
        var missing = Files.Where(file => !File.Exists(Path.Combine(place, file.Name))).Select(file => file.Name).ToList();
        if (missing.Count > 0)
            throw new DataException($"mnist: {string.Join(", ", missing)} not found in {place}. {HowToGet("that folder")}") { IsMissing = true };
        return new MnistFiles(
            new DataFiles(Path.Combine(place, Files[0].Name), Path.Combine(place, Files[1].Name)),
            new DataFiles(Path.Combine(place, Files[2].Name), Path.Combine(place, Files[3].Name)));
    }

    private static string HowToGet(string place) =>
        $"Get the four files from https://storage.googleapis.com/cvdf-datasets/mnist/ or https://ossci-datasets.s3.amazonaws.com/mnist/, "
        + $"put them into {place}, and name it with 'path' or set {DataVariable} to the folder above a folder 'mnist'. "
        + "SHA-256 of each file (and of its content, where the gzip was made otherwise):"
        + string.Concat(Files.Select(file => $"{Environment.NewLine}  {file.Name}  {file.GzipSha256} (content {file.ContentSha256})"));

    private sealed record KnownFile(string Name, string GzipSha256, string ContentSha256);
}
