using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DistributedTrainer.Coordination;

/// <summary>Tree to text: block style, the innermost maps and lists on one line, as people write job files.</summary>
internal static class YamlWriter
{
    public static string Write(MapNode root)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithBestWidth(int.MaxValue).WithNewLine("\n"));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, root, isRoot: true);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JobNode node, bool isRoot = false)
    {
        switch (node)
        {
            case ScalarNode scalar:
                var style = scalar.Quoted ? ScalarStyle.DoubleQuoted : ScalarStyle.Plain;
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, scalar.Text, style, !scalar.Quoted, scalar.Quoted));
                break;
            case ListNode list:
                var listStyle = list.Items.All(item => item is ScalarNode) ? SequenceStyle.Flow : SequenceStyle.Block;
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, listStyle));
                foreach (var item in list.Items) Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case MapNode map:
                var mapStyle = !isRoot && map.Entries.All(entry => entry.Value is ScalarNode) ? MappingStyle.Flow : MappingStyle.Block;
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, mapStyle));
                foreach (var entry in map.Entries)
                {
                    Emit(emitter, ScalarNode.Plain(entry.Key));
                    Emit(emitter, entry.Value);
                }

                emitter.Emit(new MappingEnd());
                break;
        }
    }
}
