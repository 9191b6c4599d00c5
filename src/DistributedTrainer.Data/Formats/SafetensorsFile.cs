using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Data;

/// <summary>A safetensors file that is read array by array (format of Hugging Face safetensors).</summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly long _dataBegin;

    private SafetensorsFile(
        string path, FileStream stream, long dataBegin, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        (_path, _stream, _dataBegin) = (path, stream, dataBegin);
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>In the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="DataException">The file is missing, truncated or not a safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream;
        try
        {
            stream = File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: {(File.Exists(path) ? exception.Message : "there is no such file")}", exception);
        }

        try
        {
            var header = ReadHeader(stream, path);
            var dataBegin = stream.Position;
            var (tensors, metadata) = SafetensorsHeader.Parse(header, stream.Length - dataBegin, path);
            return new SafetensorsFile(path, stream, dataBegin, tensors, metadata);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads a float32 array in C order.</summary>
    /// <param name="shape">What it must have.</param>
    /// <param name="values">As many floats as the shape has.</param>
    /// <exception cref="DataException">There is no such array, or its type or shape is another.</exception>
    public void Read(string name, IReadOnlyList<int> shape, Span<float> values)
    {
        var tensor = Require(name, shape);
        if (values.Length * (long)sizeof(float) != tensor.End - tensor.Begin)
            throw new ArgumentException($"{values.Length} floats of room for an array of shape {tensor.ShapeText}", nameof(values));
        _stream.Position = _dataBegin + tensor.Begin;
        _stream.ReadExactly(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Looks whether there is a float32 array of this name and shape.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public SafetensorsTensor Require(string name, IReadOnlyList<int> shape)
    {
        var tensor = Find(name);
        return tensor.Shape.SequenceEqual(shape.Select(size => (long)size))
            ? tensor
            : throw new DataException($"{_path}: array '{name}' has shape {tensor.ShapeText}; ({string.Join(", ", shape)}) is needed");
    }

    /// <summary>Reads a part of a float32 array, whatever its shape, in C order.</summary>
    /// <param name="first">Index of the part's first element.</param>
    /// <param name="values">As many floats as the part has.</param>
    /// <exception cref="DataException">There is no such array, or it is too short, or of another type.</exception>
    public void ReadPart(string name, long first, Span<float> values)
    {
        var tensor = Find(name);
        if (first < 0 || (first + values.Length) * sizeof(float) > tensor.End - tensor.Begin)
            throw new DataException($"{_path}: array '{name}' of {tensor.ShapeText} has no elements {first} to {first + values.Length - 1}");
        _stream.Position = _dataBegin + tensor.Begin + (first * sizeof(float));
        _stream.ReadExactly(MemoryMarshal.AsBytes(values));
    }

    public void Dispose() => _stream.Dispose();

    private SafetensorsTensor Find(string name)
    {
        var tensor = Tensors.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new DataException($"{_path}: there is no array '{name}'{NearestName.Ending(name, Tensors.Select(candidate => candidate.Name))}");
        return tensor.Type == "F32" ? tensor : throw new DataException($"{_path}: array '{name}' has dtype {tensor.Type}; F32 is needed");
    }

    private static byte[] ReadHeader(FileStream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (stream.Length < prefix.Length)
            throw new DataException($"{path}: {stream.Length} bytes long; a safetensors file begins with 8 bytes that give its header's length");
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.MaxLength)
            throw new DataException($"{path}: not a safetensors file; its first 8 bytes give a header of {length} bytes, and at most {SafetensorsHeader.MaxLength} are allowed");
        if ((long)length > stream.Length - stream.Position)
            throw new DataException($"{path}: truncated; the header has {length} bytes, and {stream.Length - stream.Position} follow its length");
        var header = new byte[length];
        stream.ReadExactly(header);
        return header;
    }
}
