using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A form that may hold itself, as layers hold layers: the schema defines it once, under a name, and refers to it elsewhere.</summary>
/// <param name="name">Its name among the schema's <c>$defs</c>.</param>
/// <param name="form">Made when it is first needed.</param>
internal sealed class NamedForm<T>(string name, Func<Form<T>> form) : Form<T>
{
    private readonly Lazy<Form<T>> _form = new(form);

    public override T Read(Found found) => _form.Value.Read(found);

    public override JobNode Write(T value, Purpose purpose) => _form.Value.Write(value, purpose);

    public override JsonObject Schema() => new() { ["$ref"] = $"#/$defs/{name}" };

    /// <summary>What the name stands for.</summary>
    public JsonObject Definition() => _form.Value.Schema();
}
