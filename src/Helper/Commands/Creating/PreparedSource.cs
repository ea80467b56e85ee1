using CondaFuse.EnvironmentFiles;
using CondaFuse.EnvironmentFiles.Locks;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands.Creating;

/// <summary>
/// An environment file that was checked: runs conda and pip for it. Lists for them lie in a folder of this user alone, since addresses in them may
/// hold secrets.
/// </summary>
internal sealed class PreparedSource : IDisposable
{
    private const string DryRun = "--dry-run";

    /// <summary>From this version on conda reads SHA-256 in explicit lists.</summary>
    private static readonly (int Year, int Month) ReadsSha256 = (24, 11);

    private readonly Session session;
    private readonly CondaProgram conda;
    private readonly EnvironmentFile file;
    private readonly string? path;
    private readonly LockSelection selection;
    private readonly LockedPackages? packages;
    private readonly PrivateFolder folder;
    private readonly FileLock? holding;
    private readonly PipProgram? outerPip;

    public PreparedSource(Session session, CondaProgram conda, EnvironmentFile file, string? path, LockSelection selection, LockedPackages? packages)
    {
        (this.session, this.conda, this.file, this.path, this.selection, this.packages) = (session, conda, file, path, selection, packages);
        outerPip = packages is { Pip.Count: > 0 } && !packages.HasConda("pip") ? PipProgram.FindOutside(session, conda, file.Name) : null;
        folder = session.Layout.Runtime.Chosen.MakeUnique(RuntimeFolder.PrivateRunPrefix);
        holding = FileLock.HoldAgainstAgeing(folder);
    }

    /// <summary>Makes the environment.</summary>
    /// <param name="prefix">Where.</param>
    /// <param name="arguments">More arguments for conda.</param>
    /// <param name="settings">Settings of conda that this overrides.</param>
    /// <param name="wasInterrupted">Whether somebody pressed ^C.</param>
    /// <returns>The exit code of what failed, or 0.</returns>
    public int Run(string prefix, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> settings, out bool wasInterrupted)
    {
        var code = ForegroundChild.Await(conda.Start([.. CondaWords(prefix), .. arguments], session.EnvironmentWith(settings)), out wasInterrupted);
        if (code != 0 || arguments.Contains(DryRun) || !Directory.Exists(Path.Combine(prefix, "conda-meta")))
        {
            return code;
        }

        if (PipArguments() is { } pip)
        {
            var program = outerPip ?? PipProgram.Inside(prefix);
            code = ForegroundChild.Await(
                program.Start(session, prefix, [.. pip, .. arguments.Contains("-q") || arguments.Contains("--quiet") ? new[] { "--quiet" } : []]),
                out wasInterrupted);
            if (code != 0)
            {
                return code;
            }
        }

        CreationRecord.Keep(prefix, file, selection, ThisMachine.Describe(session).Platform);
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        holding?.Dispose();
        folder.Dispose();
        session.Layout.Runtime.Chosen.RemoveFolder(Path.GetFileName(folder.Path));
    }

    private IReadOnlyList<string> CondaWords(string prefix) => file.Format switch
    {
        FileFormat.EnvironmentYaml when conda.IsMicromamba => ["create", "--prefix", prefix, "--file", path ?? Copy("environment.yml")],
        FileFormat.EnvironmentYaml => ["env", "create", "--prefix", prefix, "--file", path ?? Copy("environment.yml")],
        FileFormat.Requirements => ["create", "--prefix", prefix, "python", "pip"],
        FileFormat.PackageList => ["create", "--prefix", prefix, "--file", path ?? Copy("packages.txt")],
        _ => ["create", "--prefix", prefix, "--file",
            Write("explicit.txt", ExplicitList.Write(packages! with { Pip = [] }, ThisMachine.Describe(session).Platform, PrefersSha256))],
    };

    /// <summary>What pip is to install besides; null for nothing.</summary>
    private IReadOnlyList<string>? PipArguments() =>
        packages is { Pip: { Count: > 0 } pip } ? ["--no-deps", "--require-hashes", "-r", Write("pip.txt", PipList.Write(pip))]
        : file.Format == FileFormat.Requirements ? ["-r", path ?? Copy("requirements.txt")]
        : null;

    private bool PrefersSha256 => CondaHere.FindOrAssume(session).Generation.Version is { } version && version.CompareTo(ReadsSha256) >= 0;

    private string Copy(string name) => Write(name, file.Text);

    private string Write(string name, string text)
    {
        folder.Write(name, System.Text.Encoding.UTF8.GetBytes(text));
        return folder.Of(name);
    }
}
