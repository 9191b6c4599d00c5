using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Reads a saved model's files in pieces, for clients on other machines.</summary>
internal static class ModelPieces
{
    public const int PieceBytes = 256 * 1024;

    public static readonly IReadOnlyList<string> Files = ["model.json", "model.safetensors"];

    /// <summary>An empty piece of total 0 where there is no such file; only a model's own files are read.</summary>
    public static ModelPiece Read(string? folder, ServeModelPiece piece)
    {
        var path = Path.Combine(folder ?? "", piece.File);
        if (folder is null || piece.Offset < 0 || !Files.Contains(piece.File) || !File.Exists(path))
            return new ModelPiece(piece.File, piece.Offset, 0, []);
        using var file = File.OpenRead(path);
        var bytes = new byte[Math.Clamp(file.Length - piece.Offset, 0, PieceBytes)];
        file.Seek(piece.Offset, SeekOrigin.Begin);
        file.ReadExactly(bytes);
        return new ModelPiece(piece.File, piece.Offset, file.Length, bytes);
    }
}
