using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A number, word or quantity under a key that may be left out: null then, which is never written.</summary>
internal sealed class UnsetForm<T>(Form<T> form) : Form<T?>
    where T : struct
{
    public override T? Read(Found found) => form.Read(found);

    public override JobNode Write(T? value, Purpose purpose) =>
        form.Write(value ?? throw new ArgumentNullException(nameof(value)), purpose);

    public override JsonObject Schema() => form.Schema();
}
