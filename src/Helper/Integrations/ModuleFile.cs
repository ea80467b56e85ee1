using CondaFuse.Activation;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Integrations;

/// <summary>A module file with the effects of activation, in the language of Environment Modules (Tcl) or Lmod (Lua).</summary>
/// <param name="language"><c>tcl</c> or <c>lua</c>.</param>
internal sealed class ModuleFile(string language)
{
    /// <summary>Placeholder for the value of a path list when the module is loaded.</summary>
    private const string Before = "/condafuse-before-the-module";

    /// <summary>Variables that hold lists of paths. A module extends them.</summary>
    private static readonly string[] PathLists =
    [
        "PATH", "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH", "MANPATH", "INFOPATH", "PKG_CONFIG_PATH", "CMAKE_PREFIX_PATH", "PYTHONPATH",
        "XDG_DATA_DIRS", "ACLOCAL_PATH", "PERL5LIB", "R_LIBS",
    ];

    /// <summary>Variables that the template sets, or that differ between processes.</summary>
    private static readonly HashSet<string> LeftOut = new(StringComparer.Ordinal) { "CONDA_SHLVL", "PWD", "OLDPWD", "SHLVL", "_" };

    private readonly Dialect _dialect = Dialect.ParseModule(EmbeddedText.Read($"actions.{language}"));

    /// <summary>The variables before the activation; what differs afterwards is the effect of the activation.</summary>
    /// <param name="home">The user's home directory.</param>
    /// <param name="programs">The search path for programs used by activation scripts.</param>
    public static Dictionary<string, string> Surroundings(string home, string programs)
    {
        var variables = PathLists.ToDictionary(name => name, _ => Before, StringComparer.Ordinal);
        variables["PATH"] = $"{Before}:{programs}";
        variables["HOME"] = home;
        return variables;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="name">The environment.</param>
    /// <param name="directory">Where to mount it, also in batch jobs.</param>
    /// <param name="prefix">Its prefix when mounted.</param>
    /// <param name="call">How to call this program.</param>
    /// <param name="before">The variables before the activation: <see cref="Surroundings"/>.</param>
    /// <param name="after">The variables after it.</param>
    /// <param name="warn">Receives warnings.</param>
    public string Write(
        string name, string directory, string prefix, FixedCall call, IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after,
        Action<string> warn)
    {
        string[] mount =
        [
            "/usr/bin/env", .. call.Variables.Select(variable => $"{variable.Name}={variable.Value}"), call.Program,
            "mount", "--print-prefix", name, directory,
        ];
        var lines = after.Where(pair => !LeftOut.Contains(pair.Key) && before.GetValueOrDefault(pair.Key) != pair.Value)
            .Where(pair => IsPossible(pair.Key, pair.Value, warn))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => Lines(pair.Key, pair.Value));
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["whatis"] = _dialect.Words($"conda environment {name}, mounted by condafuse"),
            ["mount"] = _dialect.Words(mount),
            ["command"] = _dialect.Words(Dialect.Parse(EmbeddedText.Read("actions.posix")).Words(mount)),
            ["level"] = $"__CONDAFUSE_LEVEL_{Crc32C.Of(NativeText.Encode(prefix)):x8}",
            ["prefix"] = _dialect.Words(prefix),
            ["failure"] = _dialect.Words($"the environment '{name}' was not mounted at {prefix}"),
            ["variables"] = string.Concat(lines).TrimEnd('\n'),
        };

        // One pass: values are not searched for fields.
        return string.Concat(EmbeddedText.Read($"module.{language}").Split('`').Select((text, index) => index % 2 == 0 ? text : fields[text]));
    }

    private static bool IsPossible(string name, string value, Action<string> warn)
    {
        if (!value.Contains('\n', StringComparison.Ordinal))
        {
            return true;
        }

        warn($"the variable {name} is left out: its value contains a line break, which modules cannot set");
        return false;
    }

    private string Lines(string name, string value)
    {
        var entries = value.Split(':').ToList();
        var old = PathLists.Contains(name) ? entries.IndexOf(Before) : -1;
        if (old < 0)
        {
            return _dialect.Line("export", name, value);
        }

        var behind = name == "PATH" ? [] : entries.Skip(old + 1);
        return string.Concat(entries.Take(old).Reverse().Select(entry => _dialect.Line("prepend", name, entry)))
            + string.Concat(behind.Select(entry => _dialect.Line("append", name, entry)));
    }
}
