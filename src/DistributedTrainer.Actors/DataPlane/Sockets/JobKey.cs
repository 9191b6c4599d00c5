using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DistributedTrainer.Actors;

/// <summary>A job's id as frames carry it: the first 64 bits of its SHA-256, so that a head has a fixed size.</summary>
internal static class JobKey
{
    public static ulong Of(string jobId) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(jobId)));
}
