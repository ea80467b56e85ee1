using System.Text;

namespace CondaFuse.Activation.Condarc;

/// <summary>The files in which conda looks for settings, in its order: later ones take precedence.</summary>
/// <param name="variables">The environment.</param>
/// <param name="home">The user's home directory.</param>
/// <param name="root">The base environment; null if unknown.</param>
internal sealed class CondarcFiles(IReadOnlyDictionary<string, string> variables, string home, string? root)
{
    private static readonly string[] Names = [".condarc", "condarc"];

    private static readonly string[] Extensions = [".yml", ".yaml"];

    /// <summary>The existing files, without duplicates.</summary>
    public IEnumerable<string> Existing() => Places().SelectMany(Files).Distinct(StringComparer.Ordinal);

    private IEnumerable<string> Places()
    {
        string?[] folders =
        [
            "/etc/conda", "/var/lib/conda", root, Below(Variable("XDG_CONFIG_HOME"), "conda"), $"{home}/.config/conda", $"{home}/.conda",
        ];
        foreach (var folder in folders.OfType<string>())
        {
            yield return $"{folder}/.condarc";
            yield return $"{folder}/condarc";
            yield return $"{folder}/condarc.d";
        }

        yield return $"{home}/.condarc";
        if (Variable("CONDA_PREFIX") is { } prefix)
        {
            yield return $"{prefix}/.condarc";
            yield return $"{prefix}/condarc";
            yield return $"{prefix}/condarc.d";
        }

        if (Variable("CONDARC") is { } given)
        {
            yield return given.StartsWith("~/", StringComparison.Ordinal) ? home + given[1..] : given;
        }
    }

    private string? Variable(string name) => variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private static string? Below(string? folder, string name) => folder is null ? null : $"{folder}/{name}";

    private static IEnumerable<string> Files(string place)
    {
        if (File.Exists(place))
        {
            return Names.Contains(Path.GetFileName(place), StringComparer.Ordinal) || HasExtension(place) ? [place] : [];
        }

        if (!Directory.Exists(place))
        {
            return [];
        }

        var files = Directory.EnumerateFiles(place).Where(HasExtension).ToList();
        files.Sort((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
        return files;
    }

    private static bool HasExtension(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.Ordinal);
}
