using CondaFuse.EnvironmentFiles;
using CondaFuse.EnvironmentFiles.Locks;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands.Creating;

/// <summary>
/// A checked environment file, with which conda and pip are run. Their lists are in a private folder, because addresses may contain secrets.
/// </summary>
internal sealed class PreparedSource : IDisposable
{
    private const string DryRun = "--dry-run";

    /// <summary>conda reads SHA-256 in explicit lists from this version on.</summary>
    private static readonly (int Year, int Month) ReadsSha256 = (24, 11);

    private readonly Session _session;
    private readonly CondaProgram _conda;
    private readonly EnvironmentFile _file;
    private readonly string? _path;
    private readonly LockSelection _selection;
    private readonly LockedPackages? _packages;
    private readonly PrivateFolder _folder;
    private readonly FileLock? _holding;
    private readonly PipProgram? _outerPip;

    public PreparedSource(Session session, CondaProgram conda, EnvironmentFile file, string? path, LockSelection selection, LockedPackages? packages)
    {
        (_session, _conda, _file, _path, _selection, _packages) = (session, conda, file, path, selection, packages);
        _outerPip = packages is { Pip.Count: > 0 } && !packages.HasConda("pip") ? PipProgram.FindOutside(session, conda, file.Name) : null;
        _folder = session.Layout.Runtime.Chosen.MakeUnique(RuntimeFolder.PrivateRunPrefix);
        _holding = FileLock.HoldAgainstAgeing(_folder);
    }

    /// <summary>Creates the environment.</summary>
    /// <param name="prefix">Its prefix.</param>
    /// <param name="arguments">Additional arguments for conda.</param>
    /// <param name="settings">conda settings to override.</param>
    /// <param name="wasInterrupted">Whether the user pressed ^C.</param>
    /// <returns>The exit code of the program that failed, or 0.</returns>
    public int Run(string prefix, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> settings, out bool wasInterrupted)
    {
        var code = ForegroundChild.Run(
            () => _conda.Start([.. CondaWords(prefix), .. arguments], _session.EnvironmentWith(settings)), out wasInterrupted);
        if (code != 0 || arguments.Contains(DryRun) || !Directory.Exists(Path.Combine(prefix, "conda-meta")))
        {
            return code;
        }

        if (PipArguments() is { } pip)
        {
            var program = _outerPip ?? PipProgram.Inside(prefix);
            string[] quiet = arguments.Contains("-q") || arguments.Contains("--quiet") ? ["--quiet"] : [];
            code = ForegroundChild.Run(() => program.Start(_session, _conda, prefix, [.. pip, .. quiet]), out wasInterrupted);
            if (code != 0)
            {
                return code;
            }
        }

        CreationRecord.Keep(prefix, _file, _selection, ThisMachine.Describe(_session).Platform);
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _holding?.Dispose();
        _folder.Dispose();
        _session.Layout.Runtime.Chosen.RemoveFolder(Path.GetFileName(_folder.Path));
    }

    private IReadOnlyList<string> CondaWords(string prefix) => _file.Format switch
    {
        FileFormat.EnvironmentYaml when _conda.IsMicromamba => ["create", "--prefix", prefix, "--file", _path ?? Copy("environment.yml")],
        FileFormat.EnvironmentYaml => ["env", "create", "--prefix", prefix, "--file", _path ?? Copy("environment.yml")],
        FileFormat.Requirements => ["create", "--prefix", prefix, "python", "pip"],
        FileFormat.PackageList => ["create", "--prefix", prefix, "--file", _path ?? Copy("packages.txt")],
        _ => ["create", "--prefix", prefix, "--file",
            Write("explicit.txt", ExplicitList.Write(_packages! with { Pip = [] }, ThisMachine.Describe(_session).Platform, PrefersSha256))],
    };

    /// <summary>pip's arguments for the additional packages; null if there are none.</summary>
    private IReadOnlyList<string>? PipArguments() =>
        _packages is { Pip: { Count: > 0 } pip } ? ["--no-deps", "--require-hashes", "-r", Write("pip.txt", PipList.Write(pip))]
        : _file.Format == FileFormat.Requirements ? ["-r", _path ?? Copy("requirements.txt")]
        : null;

    private bool PrefersSha256 => CondaHere.FindOrAssume(_session).Generation.Version is { } version && version.CompareTo(ReadsSha256) >= 0;

    private string Copy(string name) => Write(name, _file.Text);

    private string Write(string name, string text)
    {
        _folder.Write(name, System.Text.Encoding.UTF8.GetBytes(text));
        return _folder.Of(name);
    }
}
