namespace DistributedTrainer.Data;

/// <summary>Stored element types of the array formats. IDX is big-endian, .npy little-endian here.</summary>
internal enum ElementType
{
    UInt8,
    Int8,
    Int16BigEndian,
    Int32BigEndian,
    Float32BigEndian,
    Float64BigEndian,
    Int32,
    Int64,
    Float32,
    Float64,
}
