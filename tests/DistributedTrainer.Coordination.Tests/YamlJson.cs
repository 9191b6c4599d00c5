using Newtonsoft.Json.Linq;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>YAML as the JSON that an editor checks against a schema.</summary>
internal static class YamlJson
{
    public static JToken Of(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        parser.Consume<DocumentStart>();
        return Node(parser);
    }

    private static JToken Node(Parser parser)
    {
        if (parser.TryConsume<Scalar>(out var scalar)) return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : scalar.Value;
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JArray();
            while (!parser.TryConsume<SequenceEnd>(out _)) list.Add(Node(parser));
            return list;
        }

        parser.Consume<MappingStart>();
        var map = new JObject();
        while (!parser.TryConsume<MappingEnd>(out _)) map.Add(parser.Consume<Scalar>().Value, Node(parser));
        return map;
    }

    private static JToken Plain(string text)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        if (text is "" or "~" or "null" or "Null" or "NULL") return JValue.CreateNull();
        if (bool.TryParse(text, out var flag)) return flag;
        if (long.TryParse(text, culture, out var whole)) return whole;
        return double.TryParse(text, culture, out var number) ? number : text;
    }
}
