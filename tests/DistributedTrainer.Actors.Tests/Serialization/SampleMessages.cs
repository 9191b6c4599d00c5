using System.Reflection;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

/// <summary>One of every control message, made by reflection so that a new one is never forgotten.</summary>
internal static class SampleMessages
{
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. typeof(IControlMessage).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && typeof(IControlMessage).IsAssignableFrom(type))
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    /// <param name="isFull">False: the least of everything: empty arrays and texts, zeros, null where null is allowed.</param>
    public static object Of(Type type, bool isFull)
    {
        var constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter, isFull))]);
    }

    private static object? Value(ParameterInfo parameter, bool isFull)
    {
        if (!isFull && new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable)
            return null;
        var seed = parameter.Position + 1;
        return parameter.ParameterType switch
        {
            var type when type == typeof(string) => isFull ? $"{parameter.Name} ü€😀 {seed}" : "",
            var type when type == typeof(bool) => isFull,
            var type when type == typeof(int) => isFull ? int.MinValue + seed : 0,
            var type when type == typeof(long) => isFull ? long.MaxValue - seed : 0L,
            var type when type == typeof(double) => isFull ? (seed % 2 == 0 ? double.NaN : -Math.PI) : 0.0,
            var type when type == typeof(string[]) => isFull ? new[] { "a", "", "ü" } : [],
            var type when type == typeof(double[]) => isFull ? new[] { 1.5, double.NegativeInfinity, double.NaN } : [],
            var type when type == typeof(byte[]) => isFull ? new byte[] { 0, 255, 7 } : [],
            { IsEnum: true } type => Enum.GetValues(type).GetValue(isFull ? ^1 : 0),
            var type => Of(type, isFull),
        };
    }

    private static object? GetValue(this Array values, Index index) => values.GetValue(index.GetOffset(values.Length));

    /// <summary>All properties, in words, arrays by their elements.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x"),
        Array array => $"[{string.Join(", ", array.Cast<object?>().Select(Describe))}]",
        _ when value.GetType().IsPrimitive || value.GetType().IsEnum => $"{value}",
        _ => $"{value.GetType().Name}({string.Join(", ", value.GetType().GetProperties().Select(property => $"{property.Name}: {Describe(property.GetValue(value))}"))})",
    };
}
