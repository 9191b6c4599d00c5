using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A path of a file or folder; relative ones begin at the job file's folder. Only text is worked on: nothing is opened here.</summary>
internal sealed class PathForm : Form<string>
{
    public static PathForm Instance { get; } = new();

    public override string Read(Found found)
    {
        if (found.Node is not ScalarNode { IsNull: false, Text.Length: > 0 } scalar) throw found.Expected("a path");
        if (scalar.Text.Contains('\0')) throw found.Error("a path cannot hold the character NUL");
        return Path.GetFullPath(scalar.Text, found.Folder);
    }

    public override JobNode Write(string value, Purpose purpose) => TextForm.Scalar(value);

    public override JsonObject Schema() => new() { ["type"] = "string", ["minLength"] = 1 };
}
