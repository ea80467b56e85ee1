using CondaFuse.EnvironmentFiles.Locks;
using CondaFuse.EnvironmentFiles.Yaml;

namespace CondaFuse.EnvironmentFiles;

/// <summary>A file that describes an environment. Its format is recognized by its content.</summary>
public sealed class EnvironmentFile
{
    /// <summary>Longest file that is read: lock files of large environments have some MiB.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly string[] YamlMembers = ["dependencies:", "package:", "packages:"];

    private readonly YamlNode.Map? _document;

    private EnvironmentFile(string name, string text, FileFormat format, YamlNode.Map? document) =>
        (Name, Text, Format, _document) = (name, text, format, document);

    /// <summary>The file's name, without the folder.</summary>
    public string Name { get; }

    /// <summary>Its format.</summary>
    public FileFormat Format { get; }

    /// <summary>Its unmodified content.</summary>
    public string Text { get; }

    /// <summary>Whether it specifies every package exactly, so that no solver is needed.</summary>
    public bool IsLock => Format is FileFormat.ExplicitList or FileFormat.CondaLock or FileFormat.PixiLock;

    /// <summary>The format's name in messages.</summary>
    public string FormatName => Format switch
    {
        FileFormat.EnvironmentYaml => "environment.yml",
        FileFormat.ExplicitList => "explicit list",
        FileFormat.CondaLock => "conda-lock.yml",
        FileFormat.PixiLock => "pixi.lock",
        FileFormat.Requirements => "requirements.txt",
        _ => "list of packages",
    };

    /// <summary>Recognizes the format of a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="text">Its content.</param>
    /// <exception cref="EnvironmentFileException">The format is unknown, or it requires something that an archive cannot hold.</exception>
    public static EnvironmentFile Parse(string path, string text)
    {
        var name = Path.GetFileName(path);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw Malformed(name, "it is no text");
        }

        if (ExplicitList.IsOne(text))
        {
            return new EnvironmentFile(name, text, FileFormat.ExplicitList, null);
        }

        var document = YamlText.TryRead(text, out var problem) as YamlNode.Map;
        if (document is null)
        {
            return LooksLikeYaml(text) ? throw Malformed(name, problem) : OfLines(name, text);
        }

        var file = new EnvironmentFile(name, text, FormatOf(name, document), document);
        if (file.Format == FileFormat.EnvironmentYaml)
        {
            RefuseEditable(name, PipSections(document));
        }

        return file;
    }

    /// <summary>The packages in a lock file.</summary>
    /// <param name="machine">The machine that they are for.</param>
    /// <param name="selection">Which of them to take.</param>
    /// <exception cref="EnvironmentFileException">It is not for this machine, requires something that an archive cannot hold, or is
    /// malformed.</exception>
    public LockedPackages Resolve(MachineFacts machine, LockSelection selection)
    {
        var packages = Format switch
        {
            FileFormat.CondaLock => CondaLockFile.Read(Name, _document!, machine.Platform, selection),
            FileFormat.PixiLock => PixiLockFile.Read(Name, _document!, machine.Platform, selection),
            FileFormat.ExplicitList => ExplicitList.Read(Name, Text),
            _ => throw new InvalidOperationException("only a lock names packages"),
        };
        return LockChecks.Checked(Name, packages, machine);
    }

    internal static EnvironmentFileException Malformed(string name, string problem) =>
        new(EnvironmentFileFault.Malformed, $"{name} cannot be read: {problem.TrimEnd('.')}");

    private static EnvironmentFile OfLines(string name, string text)
    {
        var lines = PackageLines.Of(text);
        if (lines.Count == 0)
        {
            throw Malformed(name, "it lists no package");
        }

        var isPip = PackageLines.AreOfPip(lines, name);
        if (isPip)
        {
            RefuseEditable(name, lines);
        }

        return new EnvironmentFile(name, text, isPip ? FileFormat.Requirements : FileFormat.PackageList, null);
    }

    private static FileFormat FormatOf(string name, YamlNode.Map document)
    {
        var version = document.TextOf("version");
        if (document["environments"] is YamlNode.Map && document["packages"] is YamlNode.List)
        {
            return version is "6" or "7"
                ? FileFormat.PixiLock
                : throw Malformed(name,
                    $"it is a pixi.lock of version {version}, and only versions 6 and 7 are supported ('pixi lock' of a newer pixi writes them)");
        }

        if (document["package"] is YamlNode.List)
        {
            return version == "1" ? FileFormat.CondaLock : throw Malformed(name,
                $"it is a conda-lock.yml of version {version}, and only version 1 is supported");
        }

        return document["dependencies"] is YamlNode.List or YamlNode.Text { IsNull: true }
            ? FileFormat.EnvironmentYaml
            : throw Malformed(name,
                "it is YAML with neither 'dependencies' (environment.yml), 'package' (conda-lock.yml) nor 'environments' (pixi.lock)");
    }

    private static bool LooksLikeYaml(string text) =>
        text.Split('\n').Any(line => Array.Exists(YamlMembers, member => line.StartsWith(member, StringComparison.Ordinal)));

    private static IEnumerable<string> PipSections(YamlNode.Map document) =>
        document.ListOf("dependencies").OfType<YamlNode.Map>().SelectMany(section => section.TextsOf("pip"));

    /// <summary>An editable package links to sources outside the archive, which do not exist on other machines.</summary>
    private static void RefuseEditable(string name, IEnumerable<string> lines)
    {
        if (lines.FirstOrDefault(
            line => line.StartsWith("-e", StringComparison.Ordinal) || line.StartsWith("--editable", StringComparison.Ordinal)) is { } editable)
        {
            throw new EnvironmentFileException(
                EnvironmentFileFault.Refused, $"'{editable}' in {name} installs a link to sources, which the archive would not contain")
            {
                Hint = "list a package instead, or install it later",
            };
        }
    }
}
