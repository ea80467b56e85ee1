using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CondaFuse.EnvironmentFiles.Yaml;

/// <summary>
/// Reads a YAML document of plain values. It needs no reflection, and refuses aliases and tags, which could turn a small file into a large document.
/// </summary>
internal static class YamlText
{
    private const int MaxDepth = 32;

    /// <summary>Parses a text with one document.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">What is wrong with it, in words for the user.</param>
    /// <returns>Null if it is invalid, or uses more than plain values.</returns>
    public static YamlNode? TryRead(string text, out string problem)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.Accept<DocumentStart>(out _))
            {
                problem = "it is empty";
                return null;
            }

            parser.Consume<DocumentStart>();
            var root = Read(parser, 0);
            parser.Consume<DocumentEnd>();
            problem = parser.Accept<StreamEnd>(out _) ? string.Empty : "it has more than one document";
            return problem.Length == 0 ? root : null;
        }
        catch (YamlException failure)
        {
            problem = $"line {failure.Start.Line}: {failure.Message}";
            return null;
        }
        catch (ArgumentException)
        {
            problem = "a mapping contains a key twice";
            return null;
        }
    }

    private static YamlNode Read(IParser parser, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, "values are nested too deeply");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new YamlNode.Text(scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read(parser, depth + 1));
            }

            return new YamlNode.List(items);
        }

        if (parser.TryConsume<MappingStart>(out _))
        {
            var entries = new List<KeyValuePair<string, YamlNode>>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var name = parser.Consume<Scalar>().Value;
                entries.Add(new(name, Read(parser, depth + 1)));
            }

            return new YamlNode.Map(entries);
        }

        var step = parser.Current!;
        throw new YamlException(step.Start, step.End, step is AnchorAlias ? "aliases are not supported" : "this is not supported");
    }
}
