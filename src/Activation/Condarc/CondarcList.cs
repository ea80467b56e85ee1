using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CondaFuse.Activation.Condarc;

/// <summary>The setting of conda that lists folders of environments.</summary>
internal static class CondarcList
{
    private static readonly string[] Keys = ["envs_dirs", "envs_path"];

    /// <summary>The folders as the file names them; none if it cannot be read.</summary>
    public static IReadOnlyList<string> EnvironmentFolders(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return Array.Exists(Keys, key => text.Contains(key, StringComparison.Ordinal)) ? Parse(text) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or YamlException)
        {
            return [];
        }
    }

    /// <summary>Replaces a leading <c>~</c> and variables, as conda does.</summary>
    public static string Expand(string folder, IReadOnlyDictionary<string, string> variables, string home)
    {
        var path = folder == "~" || folder.StartsWith("~/", StringComparison.Ordinal) ? home + folder[1..] : folder;
        foreach (var (name, value) in variables.OrderByDescending(variable => variable.Key.Length))
        {
            path = path.Contains('$', StringComparison.Ordinal)
                ? path.Replace($"${{{name}}}", value, StringComparison.Ordinal).Replace($"${name}", value, StringComparison.Ordinal)
                : path;
        }

        return path;
    }

    private static List<string> Parse(string text)
    {
        var parser = new Parser(new StringReader(text));
        var found = new List<string>();
        var (depth, isKey, isWanted) = (0, true, false);
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case MappingStart or SequenceStart:
                    depth++;
                    break;
                case MappingEnd or SequenceEnd:
                    depth--;
                    isKey = depth == 1 || isKey;
                    break;
                case Scalar scalar when depth == 1 && isKey:
                    (isWanted, isKey) = (Keys.Contains(scalar.Value, StringComparer.Ordinal), false);
                    break;
                case Scalar when depth == 1:
                    isKey = true;
                    break;
                case Scalar scalar when depth == 2 && isWanted:
                    found.Add(scalar.Value);
                    break;
                default:
                    break;
            }
        }

        return found;
    }
}
