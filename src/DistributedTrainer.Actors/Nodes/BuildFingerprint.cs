using System.Reflection;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// Identity of the build: the module versions of our assemblies, which change with every change of their code. Hyperion corrupts
/// silently between builds, so nodes and clients compare this, as plain strings, before anything else.
/// </summary>
public static class BuildFingerprint
{
    /// <summary>Forces another identity, so that tests can play a node of another build.</summary>
    public const string EnvironmentVariable = "DTRAIN_BUILD_FINGERPRINT";

    public static string Current { get; } = Environment.GetEnvironmentVariable(EnvironmentVariable) ?? Compute();

    private static string Compute()
    {
        Assembly[] rooms =
        [
            typeof(FloatBuffer).Assembly, typeof(Network).Assembly, typeof(DataSet).Assembly, typeof(Job).Assembly, typeof(BuildFingerprint).Assembly,
        ];
        Span<byte> mixed = stackalloc byte[16];
        Span<byte> one = stackalloc byte[16];
        for (var room = 0; room < rooms.Length; room++)
        {
            rooms[room].ManifestModule.ModuleVersionId.TryWriteBytes(one);
            for (var index = 0; index < 16; index++)
                mixed[index] ^= one[(index + room) % 16]; // rotated, so that equal parts don't cancel out
        }

        return Convert.ToHexStringLower(mixed);
    }
}
