using System.Text.Json.Nodes;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>clip</c>: what bounds the gradient, <c>{ norm: 1.0 }</c> or <c>{ value: 0.5 }</c>.</summary>
internal static class ClipSection
{
    public static Form<ClipSpec> Form { get; } = new ClipForm();

    /// <summary>One of two keys: not a choice, since each has a number and no options.</summary>
    private sealed class ClipForm : Form<ClipSpec>
    {
        private static readonly MapForm<Bounds> Map = new MapForm<Bounds>("Bounds the gradient: the batch's mean with its penalty.", default)
            .Optional("norm", "The largest norm of the whole gradient.", new UnsetForm<double>(NumberForm.Positive),
                bounds => bounds.Norm, (bounds, limit) => bounds with { Norm = limit })
            .Optional("value", "The largest magnitude of an element.", new UnsetForm<double>(NumberForm.Positive),
                bounds => bounds.Value, (bounds, limit) => bounds with { Value = limit })
            .Rule("value", bounds => bounds.Norm is null == bounds.Value is null ? "write one of norm and value, such as clip: { norm: 1.0 }" : null);

        public override ClipSpec Read(Found found) => Map.Read(found) switch
        {
            { Norm: { } limit } => new ClipNorm(limit),
            var bounds => new ClipValue(bounds.Value ?? 0),
        };

        public override JobNode Write(ClipSpec value, Purpose purpose) => Map.Write(
            value switch
            {
                ClipNorm clip => new Bounds(clip.Limit, null),
                ClipValue clip => new Bounds(null, clip.Limit),
                _ => throw new ArgumentException($"the bound {value} has no form in a job file", nameof(value)),
            },
            purpose);

        public override JsonObject Schema()
        {
            var schema = Map.Schema();
            (schema["minProperties"], schema["maxProperties"]) = (1, 1);
            return schema;
        }
    }

    private readonly record struct Bounds(double? Norm, double? Value);
}
