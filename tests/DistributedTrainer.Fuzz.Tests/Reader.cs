using System.Text;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Fuzz.Tests;

/// <summary>What reads a format, and how much memory it may take for a file of some length.</summary>
/// <param name="Format">The folder of its corpus.</param>
/// <param name="Extension">Of the file that is read.</param>
/// <param name="Read">Given the file.</param>
/// <param name="BytesPerByte">Allocated bytes at the most, for each byte of the file ...</param>
/// <param name="Bytes">... and besides.</param>
internal sealed record Reader(string Format, string Extension, Action<string> Read, int BytesPerByte, int Bytes)
{
    private const int Mebibyte = 1 << 20;
    private const int LargestSide = 4096; // of an image

    public static IReadOnlyList<Reader> All { get; } =
    [
        new("csv", ".csv", path => Load(new CsvData(path, "y") { Categorical = ["street"] }, TargetType.Values), 400, 4 * Mebibyte),
        // gzip: one byte may hold 1,032 others.
        new("idx", ".idx", path => Load(new IdxData(path, path), TargetType.Class), 1100, 4 * Mebibyte),
        new("npy", ".npy", path => Load(new NpyData(path, path), TargetType.Class), 400, 4 * Mebibyte),
        new("text", ".txt", path => Load(new TextData(path, 4), TargetType.Class), 400, 4 * Mebibyte),
        new("bytes", ".bin", path => Load(new TextData(path, 4) { Tokens = TokenKind.Bytes }, TargetType.Class), 400, 4 * Mebibyte),
        // A header may claim the largest image, of three colours; only then is the file found to have fewer pixels.
        new("png", ".png", ReadImages, 100, (2 * 3 * LargestSide * LargestSide) + Mebibyte),
        new("description", ".json", path => DataDescription.Read(File.ReadAllBytes(path)), 400, Mebibyte),
        new("safetensors", ".safetensors", ReadSafetensors, 200, Mebibyte),
        new("manifest", ".json", ReadManifest, 400, Mebibyte),
        new("model", ".json", ReadModel, 400, 8 * Mebibyte),
        new("job", ".yaml", path => JobFile.Format(JobFile.Parse(Text(path), path)), 2000, 2 * Mebibyte),
        new("scenario", ".yaml", path => ScenarioFile.Parse(Text(path), path), 2000, 2 * Mebibyte),
    ];

    public IReadOnlyList<byte[]> Corpus() =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpora", Format)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>Whether this is the clear error that users are promised.</summary>
    public static bool IsClear(Exception error) => error is DataException or JobFileException or ModelException && error.Message.Length is > 0 and < 2000;

    private static string Text(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path));

    private static void Load(DataSpec spec, TargetType target) => DataSet.Load(spec, target, seed: 1).Dispose();

    /// <summary>As the images of two classes.</summary>
    private static void ReadImages(string path)
    {
        var folder = Path.Combine(Path.GetDirectoryName(path)!, "images");
        foreach (var name in new[] { "a", "b" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.Copy(path, Path.Combine(folder, name, "image.png"), overwrite: true);
        }

        Load(new ImagesData(folder), TargetType.Class);
    }

    private static void ReadSafetensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (var tensor in file.Tensors)
        {
            if (tensor.Type == "F32" && tensor.Shape.Count == 1)
                file.ReadPart(tensor.Name, 0, new float[(tensor.End - tensor.Begin) / sizeof(float)]);
        }
    }

    /// <summary>As a server does that resumes: it believes the manifest of a folder and reads its parts.</summary>
    private static void ReadManifest(string path)
    {
        var (manifest, reason) = CheckpointManifest.Parse(Text(path));
        if (manifest is null)
            throw new DataException(reason);
        CheckpointReader.Read(Folder(path, "manifest.json"), manifest.Version, new ServerRange(0, 0, 2), new BufferPool()).Release();
    }

    private static void ReadModel(string path) => ModelFolder.Read(Folder(path, "model.json")).Dispose();

    /// <summary>The file under its proper name, beside the weights that it may belong to.</summary>
    private static string Folder(string path, string name)
    {
        var folder = Path.Combine(Path.GetDirectoryName(path)!, "folder");
        Directory.CreateDirectory(folder);
        File.Copy(path, Path.Combine(folder, name), overwrite: true);
        foreach (var weights in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpora", "folder")))
            File.Copy(weights, Path.Combine(folder, Path.GetFileName(weights)), overwrite: true);

        return folder;
    }
}
