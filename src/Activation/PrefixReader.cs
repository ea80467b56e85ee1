using System.Text;
using System.Text.Json;

namespace CondaFuse.Activation;

/// <summary>Reads scripts and variables of environments from disk.</summary>
/// <param name="scriptExtension">The file extension of the shell's scripts.</param>
/// <param name="warn">Receives problems of an environment's files, in words for the user.</param>
public sealed class PrefixReader(string scriptExtension, Action<string> warn) : IPrefixSource
{
    private readonly Dictionary<string, PrefixContents> _known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public PrefixContents Read(string prefix)
    {
        if (!_known.TryGetValue(prefix, out var contents))
        {
            var deactivating = Files(Path.Combine(prefix, "etc", "conda", "deactivate.d"), scriptExtension);
            deactivating.Reverse();
            contents = new PrefixContents(
                Files(Path.Combine(prefix, "etc", "conda", "activate.d"), scriptExtension), deactivating, Variables(prefix));
            _known.Add(prefix, contents);
        }

        return contents;
    }

    /// <summary>Variables of packages first, then those of the environment, which take precedence.</summary>
    private Dictionary<string, string> Variables(string prefix)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Files(Path.Combine(prefix, "etc", "conda", "env_vars.d"), extension: string.Empty))
        {
            Add(variables, file, member: null);
        }

        var state = Path.Combine(prefix, "conda-meta", "state");
        if (File.Exists(state))
        {
            Add(variables, state, member: "env_vars");
        }

        return variables;
    }

    private void Add(Dictionary<string, string> variables, string file, string? member)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            if (member is not null && !(root.ValueKind == JsonValueKind.Object && root.TryGetProperty(member, out root)))
            {
                return;
            }

            foreach (var variable in root.EnumerateObject())
            {
                Add(variables, file, variable);
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            warn($"the variables in {file} are ignored: the file is not a JSON object of texts");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            warn($"the variables in {file} are ignored: the file cannot be read");
        }
    }

    private void Add(Dictionary<string, string> variables, string file, JsonProperty variable)
    {
        var value = variable.Value.ValueKind == JsonValueKind.String ? variable.Value.GetString()! : variable.Value.GetRawText();
        if (variable.Name == "PATH")
        {
            warn($"the variable PATH in {file} is ignored: activation sets PATH");
        }
        else if (!VariableName.IsValid(variable.Name) || value.Contains('\0', StringComparison.Ordinal))
        {
            warn($"a variable in {file} is ignored: no shell can set it");
        }
        else
        {
            variables[variable.Name] = value;
        }
    }

    /// <summary>Files of a directory in byte order of their names; empty if it cannot be read.</summary>
    private static List<string> Files(string directory, string extension)
    {
        try
        {
            var files = Directory.EnumerateFileSystemEntries(directory).Where(path => path.EndsWith(extension, StringComparison.Ordinal)).ToList();
            files.Sort((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
            return files;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

/// <summary>The scripts and variables of an environment.</summary>
/// <param name="ActivateScripts">Absolute paths, in the order of execution.</param>
/// <param name="DeactivateScripts">Absolute paths, in the order of execution.</param>
/// <param name="Variables">The environment's own variables; names are valid, and values contain no NUL.</param>
public sealed record PrefixContents(
    IReadOnlyList<string> ActivateScripts, IReadOnlyList<string> DeactivateScripts, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Value with which <c>conda env config vars</c> marks a variable as unset.</summary>
    public const string UnsetMark = "***unset***";

    /// <summary>No scripts and no variables.</summary>
    public static PrefixContents Empty { get; } = new([], [], new Dictionary<string, string>(StringComparer.Ordinal));
}

/// <summary>Reads the scripts and variables of environments.</summary>
public interface IPrefixSource
{
    /// <summary>Reads the scripts and variables of a prefix; empty if it is missing or cannot be read.</summary>
    PrefixContents Read(string prefix);
}
