using System.Security.Cryptography;

namespace DistributedTrainer.Data;

/// <summary>Loads folders of images into memory, a byte a value.</summary>
internal static class ImageLoader
{
    public static DataSet Load(ImagesData spec, TargetType target, ulong seed)
    {
        if (target == TargetType.Values)
            throw new DataException($"{spec.Path}: images have classes, their folders' names; use the loss cross-entropy (binary-cross-entropy for two).");
        var fingerprint = new DataFingerprint();
        var arrays = new OwnedArrays();
        try
        {
            var folder = ImageFolder.OfClasses(spec.Path);
            var first = PngImage.Open(folder.Files[0].File);
            var color = spec.Color ?? first.Color;
            IReadOnlyList<int> shape = color == ImageColor.Rgb ? [3, first.Height, first.Width] : [first.Height, first.Width];
            var main = Read("train", folder);
            var validation = spec.ValidationFiles is { } files ? Read("validation", ImageFolder.OfClasses(files.Path)) : null;
            var test = spec.TestFiles is { } testFiles ? Read("test", ImageFolder.OfClasses(testFiles.Path)) : null;
            var split = RowSplit.Draw(spec.Path, main.Count, main.Labels, spec, seed);
            var preparation = new Preparation
            {
                Normalization = spec.Normalize ?? Normalization.Scale,
                Target = target,
                InputShape = shape,
                Images = color,
            };
            var parts = new LoadedParts(main, split, validation, test)
            {
                Augmentation = ImageAugmentation.Of(spec.Augment, spec.Path, shape, areBytes: true, seed),
            };
            return parts.ToDataSet(preparation, [], [], fingerprint.Sha256(), arrays);

            SourceRows Read(string role, ImageFolder part) =>
                ImageLoader.Read(part, role, color, shape, $"the first image, {first.Path}", mayConvert: spec.Color is not null, fingerprint, arrays);
        }
        catch
        {
            arrays.Dispose();
            throw;
        }
    }

    /// <summary>Images for a trained model.</summary>
    public static (SourceRows Rows, IDisposable Owner) LoadNew(string path, Preparation preparation, bool withTargets, DataFingerprint fingerprint)
    {
        var folder = withTargets ? ImageFolder.OfClasses(path) : ImageFolder.OfAny(path);
        var arrays = new OwnedArrays();
        try
        {
            var rows = Read(folder, "test", preparation.Images!.Value, preparation.InputShape, "the training images", mayConvert: true, fingerprint, arrays);
            return (rows, arrays);
        }
        catch
        {
            arrays.Dispose();
            throw;
        }
    }

    /// <param name="like">Whose shape it is, for messages.</param>
    /// <param name="mayConvert">Whether colours may become grey and the reverse, because somebody has asked for it.</param>
    private static SourceRows Read(
        ImageFolder folder, string role, ImageColor color, IReadOnlyList<int> shape, string like, bool mayConvert, DataFingerprint fingerprint, OwnedArrays arrays)
    {
        var length = shape.Aggregate(1, (product, size) => product * size);
        var files = folder.Files;
        if ((long)files.Count * length > Array.MaxLength)
        {
            throw new DataException($"{folder.Path}: {files.Count:N0} images of {length:N0} values are {(long)files.Count * length:N0} bytes; they are held in "
                + $"memory, which takes {Array.MaxLength:N0}. Make them smaller, or pack them into an IDX or .npy file: those are mapped.");
        }

        var bytes = GC.AllocateUninitializedArray<byte>(files.Count * length, pinned: true);
        var hashes = new string[files.Count];
        var errors = new DataException?[files.Count];
        Parallel.For(0, files.Count, row =>
        {
            try
            {
                var image = PngImage.Open(files[row].File);
                hashes[row] = Convert.ToHexStringLower(SHA256.HashData(image.Bytes));
                RequireLike(image, color, shape, like, mayConvert);
                image.Decode(color, bytes.AsSpan(row * length, length));
            }
            catch (DataException error)
            {
                errors[row] = error;
            }
        });
        if (Array.Find(errors, error => error is not null) is { } firstError)
            throw firstError;
        var labels = new LabelColumn();
        for (var row = 0; row < files.Count; row++)
        {
            fingerprint.AddText($"{role} {files[row].Class}/{Path.GetFileName(files[row].File)} {hashes[row]}");
            if (files[row].Class is { } name)
                labels.Add(name);
        }

        var array = arrays.Add(new DenseArray(folder.Path, ElementType.UInt8, [files.Count, .. shape], new MemoryBlock(bytes), 0));
        return new SourceRows(folder.Path, array.ToRows(), null, labels.Count > 0 ? labels : null, row => files[row].File);
    }

    private static void RequireLike(PngImage image, ImageColor color, IReadOnlyList<int> shape, string like, bool mayConvert)
    {
        if (image.Height != shape[^2] || image.Width != shape[^1])
        {
            throw new DataException(
                $"{image.Path}: {image.Height} by {image.Width} pixels; expected {shape[^2]} by {shape[^1]}, as {like}: all must be of one size.");
        }

        if (image.Color != color && !mayConvert)
        {
            throw new DataException($"{image.Path}: {Describe(image.Color)}; expected {Describe(color)}, as {like}. Say what all shall become: "
                + "color: grayscale, or color: rgb.");
        }
    }

    private static string Describe(ImageColor color) => color == ImageColor.Rgb ? "in colours" : "grey";
}
