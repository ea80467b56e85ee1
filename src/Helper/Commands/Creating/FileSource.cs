using System.Text;
using CondaFuse.EnvironmentFiles;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands.Creating;

/// <summary>An environment file as the source of a new environment: the arguments of conda and pip, and the record of it.</summary>
/// <param name="session">The variables.</param>
/// <param name="path">The file.</param>
/// <param name="selection">Which packages of a lock file to install.</param>
internal sealed class FileSource(Session session, string path, LockSelection selection)
{
    private static readonly string[] YamlExtensions = [".yml", ".yaml"];

    private readonly EnvironmentFile _file = EnvironmentFile.Parse(path, ReadText(path));

    /// <summary>The message of the first generation in the history.</summary>
    public string Message => $"created from {_file.Name}";

    /// <summary>Determines what to install, and checks that this is possible here, before conda runs.</summary>
    /// <param name="conda">The conda that will run.</param>
    /// <exception cref="EnvironmentFileException">It is not possible.</exception>
    public PreparedSource Prepare(CondaProgram conda)
    {
        if (!_file.IsLock)
        {
            return selection != LockSelection.Default && (selection.Environment is not null || selection.Categories.Count > 0)
                ? throw new EnvironmentFileException(EnvironmentFileFault.Malformed,
                    $"--environment and --category are for lockfiles; {_file.Name} is not one ({_file.FormatName})")
                : new PreparedSource(session, conda, _file, ReadablePath, selection, packages: null);
        }

        var packages = _file.Resolve(ThisMachine.Describe(session), selection);
        var pip = packages.Pip.Count == 0 ? string.Empty : $" and {packages.Pip.Count} pip packages";
        Output.Message.Error($"{_file.Name} ({_file.FormatName}): {packages.Conda.Count} conda packages{pip}");
        return new PreparedSource(session, conda, _file, ReadablePath, selection, packages);
    }

    /// <summary>The file itself if conda and pip can read it by its path and extension; otherwise null: they get a copy.</summary>
    private string? ReadablePath =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is null or { Exists: true }
        && (_file.Format != FileFormat.EnvironmentYaml || YamlExtensions.Contains(Path.GetExtension(path), StringComparer.Ordinal))
            ? Path.GetFullPath(path)
            : null;

    private static string ReadText(string path)
    {
        if (Directory.Exists(path))
        {
            throw new StoreException(StoreFault.BadName, $"{path} is a directory, not an environment file");
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var content = new MemoryStream();
        var piece = new byte[1 << 16];
        for (int count; (count = stream.Read(piece)) > 0;)
        {
            content.Write(piece, 0, count);
            if (content.Length > EnvironmentFile.MaxBytes)
            {
                throw new StoreException(StoreFault.BadName,
                    $"{path} is longer than {EnvironmentFile.MaxBytes >> 20} MiB: this is not an environment file");
            }
        }

        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length).TrimStart('\uFEFF');
    }
}
