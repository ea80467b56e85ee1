using System.Collections;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Store.Writing;

namespace CondaFuse.Helper;

/// <summary>The inputs of this process: variables, paths, streams. No other code reads them.</summary>
internal sealed class Session
{
    private readonly Dictionary<string, string> _variables;

    internal Session(Dictionary<string, string> variables, RuntimeFolder? runtime = null)
    {
        _variables = variables;
        Home = Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var (archives, search) = Layout.ArchiveFoldersOf(
            Variable("CONDA_FUSE_ARCHIVE_PATH"), Path.Combine(Home, "miniconda_fuse", "archives"));
        Layout = new Layout(
            Home,
            archives,
            Path.GetFullPath(Variable("CONDA_FUSE_MOUNT_ROOT") ?? Path.Combine(Home, "miniconda_fuse", "envs")),
            runtime ?? RuntimeOf(Identity.UserId))
        {
            ArchiveSearch = search,
            RuntimeOfOthers = RuntimeOf,
            Probe = mountPoint => MountProbe.Ask(Program, mountPoint),
            CacheDirectory = Path.Combine(Variable("XDG_CACHE_HOME") ?? Path.Combine(Home, ".cache"), "condafuse"),
            StateDirectory = Path.Combine(Variable("XDG_STATE_HOME") ?? Path.Combine(Home, ".local", "state"), "condafuse"),
        };
        Catalog = new ArchiveCatalog(Layout);
        Planner = new MountPlanner(Layout, Catalog);
    }

    public string Home { get; }

    public Layout Layout { get; }

    public ArchiveCatalog Catalog { get; }

    public FuseMounter Mounter => field ??= new FuseMounter(SearchPath, EnvironmentBlock);

    public MountPlanner Planner { get; }

    public TimeProvider Clock { get; } = TimeProvider.System;

    /// <summary>Whether to use colours: auto, always or never.</summary>
    public string Color { get; init; } = "auto";

    /// <summary>Whether start.c forked this process, so that it can become the server of a mount.</summary>
    public bool IsForked { get; init; }

    /// <summary>Absolute path of this program.</summary>
    public static string Program => Environment.ProcessPath ?? throw new InvalidOperationException("the program's own path is unknown");

    public IReadOnlyList<string> SearchPath => (Variable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>All variables, including empty ones.</summary>
    public IReadOnlyDictionary<string, string> AllVariables => _variables;

    /// <summary>The whole environment, <c>NAME=value</c> each.</summary>
    public IReadOnlyCollection<string> EnvironmentBlock => [.. _variables.Select(pair => $"{pair.Key}={pair.Value}")];

    /// <summary>The identity of this process as a writer.</summary>
    public static WriterIdentity Writer => new(
        Environment.MachineName,
        KernelFile.ReadText("/proc/sys/kernel/random/boot_id").Trim(),
        ProcessIdentity.Space,
        ProcessIdentity.Find(Identity.ProcessId)!.Value,
        new Lazy<string>(() => Environment.UserName));

    public MountKeeper Keeper => KeeperServing(here: null);

    public Unmounter Unmounter => new(Layout, Mounter, Clock);

    public CondaProgram? Conda => CondaProgram.Find(Variable("CONDA_EXE"), Variable("MAMBA_EXE"), SearchPath);

    /// <param name="color">The value of <c>--color</c>.</param>
    /// <param name="isForked">Whether start.c forked this process.</param>
    public static Session FromProcess(string color = "auto", bool isForked = false)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in ProcessStrings.Environment() ?? Variables())
        {
            if (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var end)
            {
                given.TryAdd(word[..end], word[(end + 1)..]);
            }
        }

        return new Session(given) { Color = color, IsForked = isForked };
    }

    private static IEnumerable<string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(pair => $"{pair.Key}={pair.Value}");

    /// <summary>A variable's value; null if it is unset or empty.</summary>
    public string? Variable(string name) => _variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>The environment with some variables changed; null removes one.</summary>
    public IReadOnlyCollection<string> EnvironmentWith(IReadOnlyDictionary<string, string?> changes) =>
        [.. _variables.Where(pair => !changes.ContainsKey(pair.Key)).Select(pair => $"{pair.Key}={pair.Value}"),
            .. changes.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={pair.Value}")];

    /// <summary>Ensures that mounts exist, with a server in this process.</summary>
    /// <param name="here">Serves, and returns when the mount is ready; null for a server in a separate process.</param>
    public MountKeeper KeeperServing(Func<MountPlan, StartReport>? here) =>
        new(Layout, Mounter, new ServerLauncher(Program, EnvironmentBlock, Layout) { Lifeline = Lifeline }) { StartHere = here };

    /// <summary>This session with other variables.</summary>
    public Session With(Dictionary<string, string> variables) => new(variables, Layout.Runtime);

    /// <summary>This session with another runtime folder.</summary>
    public Session WithRuntime(string directory, Microsoft.Win32.SafeHandles.SafeFileHandle? lifeline = null) =>
        new(_variables, new RuntimeFolder(directory)) { Lifeline = lifeline };

    /// <summary>Passed to servers that must end with this process; null for those that outlive it.</summary>
    private Microsoft.Win32.SafeHandles.SafeFileHandle? Lifeline { get; init; }

    private RuntimeFolder RuntimeOf(uint user) => RuntimeFolder.Of(user, Environment.MachineName, Home);
}
