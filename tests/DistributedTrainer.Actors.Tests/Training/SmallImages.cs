using DistributedTrainer.Data;

namespace DistributedTrainer.Actors.Tests;

/// <summary>900 images of 8 by 8 pixels in ten classes, as IDX files that are there as long as the tests.</summary>
internal static class SmallImages
{
    private const int Rows = 900;
    private const int Pixels = 64;

    private static readonly DirectoryInfo Folder = Write();

    public static IdxData Data => new(Path.Combine(Folder.FullName, "x.idx"), Path.Combine(Folder.FullName, "y.idx"));

    private static DirectoryInfo Write()
    {
        var folder = Directory.CreateTempSubdirectory("dtrain-images-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        File.WriteAllBytes(
            Path.Combine(folder.FullName, "x.idx"),
            [0, 0, 8, 3, 0, 0, Rows >> 8, Rows & 255, 0, 0, 0, 8, 0, 0, 0, 8, .. Enumerable.Range(0, Rows * Pixels).Select(Pixel)]);
        File.WriteAllBytes(
            Path.Combine(folder.FullName, "y.idx"), [0, 0, 8, 1, 0, 0, Rows >> 8, Rows & 255, .. Enumerable.Range(0, Rows).Select(row => (byte)(row % 10))]);
        return folder;
    }

    /// <summary>Stripes, as wide as the class says, with a little that differs from row to row.</summary>
    private static byte Pixel(int index) => (byte)((index % Pixels / (1 + index / Pixels % 10) % 2 * 150) + (index * 2_654_435_761u >> 26));
}
