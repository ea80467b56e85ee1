using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CondaFuse.Activation.Condarc;

/// <summary>Reads a few settings from the text of a condarc file.</summary>
/// <param name="path">The file's path, for errors.</param>
/// <param name="wanted">The settings to read.</param>
internal sealed class CondarcText(string path, IReadOnlyCollection<string> wanted)
{
    private const string FinalMark = "!final";

    private readonly List<(string Key, Scalar Value)> _found = [];
    private readonly List<Comment> _comments = [];

    /// <summary>The settings in the text.</summary>
    /// <exception cref="CondaNeededException">One of the settings has a form that only conda can interpret.</exception>
    public IReadOnlyDictionary<string, CondarcValue> Parse(string text)
    {
        // Most files set none of them, so they need no parser.
        if (!wanted.Any(key => text.Contains(key, StringComparison.Ordinal)))
        {
            return new Dictionary<string, CondarcValue>(StringComparer.Ordinal);
        }

        try
        {
            Gather(new Parser(new Scanner(new StringReader(text), skipComments: false)));
            return _found.ToDictionary(
                pair => pair.Key,
                pair => new CondarcValue(pair.Value.Value, pair.Value.Style == ScalarStyle.Plain, IsFinal(pair.Value)),
                StringComparer.Ordinal);
        }
        catch (Exception failure) when (failure is YamlException or ArgumentException)
        {
            throw new CondaNeededException($"{path} is not read");
        }
    }

    private void Gather(Parser parser)
    {
        var (depth, documents) = (0, 0);
        string? key = null;
        var isKey = true;
        while (parser.MoveNext())
        {
            var step = parser.Current!;
            if (step is Comment comment)
            {
                _comments.Add(comment);
                continue;
            }

            documents += step is DocumentStart ? 1 : 0;
            if (documents > 1 || (depth == 0 && step is SequenceStart))
            {
                throw new CondaNeededException($"{path} is not one mapping");
            }

            if (depth == 1 && step is not MappingEnd)
            {
                if (isKey)
                {
                    key = (step as Scalar)?.Value;
                    if (key == "<<")
                    {
                        throw new CondaNeededException($"{path} merges settings");
                    }
                }
                else if (key is not null && wanted.Contains(key))
                {
                    var value = step is Scalar { Tag.IsEmpty: true } scalar
                        ? scalar
                        : throw new CondaNeededException($"{key} in {path} is no plain value");
                    _found.Add((key, value));
                }

                isKey = !isKey;
            }

            depth += step is MappingStart or SequenceStart ? 1 : step is MappingEnd or SequenceEnd ? -1 : 0;
        }
    }

    /// <summary>Whether a value is followed by <c>#!final</c> alone: conda treats comments on the following lines as part of it.</summary>
    private bool IsFinal(Scalar value)
    {
        if (!_comments.Exists(comment => comment.Start.Line == value.End.Line && comment.Value.Trim() == FinalMark))
        {
            return false;
        }

        return _comments.Exists(comment => comment.Start.Line == value.End.Line + 1)
            ? throw new CondaNeededException($"{path} has a comment below {FinalMark}")
            : true;
    }
}
