namespace CondaFuse.Activation.Tests;

/// <summary>The paths of the recorded environments, and their scripts and variables.</summary>
internal sealed class Places(GoldenCase golden) : IPrefixSource
{
    private static readonly string[] Scripts = ["10-a", "B", "b", "z"];

    /// <summary>The base environment; its directory had a different name in each recording, which only the prompt's {name} shows.</summary>
    public string Root { get; } = golden.Version == "23.11.0" ? "/home/u/miniconda3" : "/home/u/m26";

    public string Prefix(string name) => name switch
    {
        "base" => Root,
        "C" => $"{Root}/envs/C/C",
        _ => $"{Root}/envs/{name}",
    };

    /// <summary>A recorded text with words replaced by paths.</summary>
    public static string In(GoldenCase golden, string text)
    {
        var places = new Places(golden);
        return text.Replace("$ROOT", places.Root, StringComparison.Ordinal).Replace("$HOME", "/home/u", StringComparison.Ordinal)
            .Replace("$A", places.Prefix("A"), StringComparison.Ordinal).Replace("$B", places.Prefix("B"), StringComparison.Ordinal)
            .Replace("$C", places.Prefix("C"), StringComparison.Ordinal);
    }

    public PrefixContents Read(string prefix)
    {
        if (prefix == Root)
        {
            return PrefixContents.Empty;
        }

        var name = PathText.BaseName(prefix);
        return new PrefixContents(
            [.. Scripts.Select(script => $"activate {name} {script}")],
            [.. Scripts.Reverse().Select(script => $"deactivate {name} {script}")],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["CF_TWO"] = $"pkg-{name}",
                ["CF_ONE"] = $"state-{name}",
                ["cf_lower"] = name,
                ["CF_GONE"] = PrefixContents.UnsetMark,
            });
    }
}
