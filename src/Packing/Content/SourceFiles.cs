using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>
/// All files of an environment, in the order of their paths. Excludes what a base environment keeps besides its installed packages: package caches,
/// other environments, locks.
/// </summary>
internal sealed class SourceFiles
{
    private static readonly HashSet<string> LeftOut = new(StringComparer.Ordinal)
    {
        "pkgs", "envs", "conda-bld", ".conda_lock", "users", "conda-recipes", ".index", ".unionfs", ".nonadmin", "python.app", "Launcher.app",
    };

    /// <summary><c>PATH_MAX</c>: no program can access longer paths directly.</summary>
    private const int MaxPath = 4096;
    private const int MaxShown = 100;

    private readonly IReadableTree _tree;
    private readonly bool _isEnvironment;
    private readonly SortedDictionary<string, SourceFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceDirectory> _directories = new(StringComparer.Ordinal);

    private SourceFiles(IReadableTree tree, bool isEnvironment)
    {
        (_tree, _isEnvironment, Root) = (tree, isEnvironment, new SourceDirectory([], parent: null, tree.GetAttributes(NodeId.Root)));
        _directories.Add("", Root);
    }

    /// <summary>The prefix.</summary>
    public SourceDirectory Root { get; }

    /// <summary>The files, by path.</summary>
    public IReadOnlyDictionary<string, SourceFile> ByPath => _files;

    /// <summary>The non-empty directories, by path; the path of the prefix itself is empty.</summary>
    public IReadOnlyDictionary<string, SourceDirectory> Directories => _directories;

    /// <summary>Walks an environment.</summary>
    public static SourceFiles Of(IReadableTree tree, CancellationToken cancellation) => Of(new SourceFiles(tree, isEnvironment: true), cancellation);

    /// <summary>Walks a directory that is not an environment: nothing is left out.</summary>
    public static SourceFiles OfDirectory(IReadableTree tree, CancellationToken cancellation) =>
        Of(new SourceFiles(tree, isEnvironment: false), cancellation);

    private static SourceFiles Of(SourceFiles files, CancellationToken cancellation)
    {
        var pending = new Stack<(string Path, SourceDirectory Directory)>([("", files.Root)]);
        while (pending.TryPop(out var next))
        {
            cancellation.ThrowIfCancellationRequested();
            files.Walk(next.Path, next.Directory, pending);
        }

        return files;
    }

    /// <summary>Whether a base environment keeps a path for itself.</summary>
    public static bool IsLeftOut(string path)
    {
        var top = path.Split('/', 2)[0];
        return LeftOut.Contains(top) || top.EndsWith('~') || top.EndsWith(".DS_STORE", StringComparison.Ordinal);
    }

    /// <summary>Paths of the files below a directory.</summary>
    public IEnumerable<string> Below(string directory) => _files.Keys.Where(path => path.StartsWith($"{directory}/", StringComparison.Ordinal));

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="TreeException">It cannot be read, or its length has changed.</exception>
    public byte[] Read(string path)
    {
        var file = _files[path].Attributes;
        var content = new byte[checked((int)file.Size)];
        return _tree.Read(file.Node, 0, content) == content.Length
            ? content
            : throw new TreeException(TreeFailure.Storage, $"{path}: became shorter while it was packed");
    }

    /// <summary>The start of a file.</summary>
    /// <returns>Bytes read.</returns>
    public int ReadStart(string path, Span<byte> destination) => _tree.Read(_files[path].Attributes.Node, 0, destination);

    /// <summary>A symlink's target.</summary>
    public byte[] ReadLink(string path)
    {
        Span<byte> target = stackalloc byte[4096];
        return target[.._tree.ReadLink(_files[path].Attributes.Node, target)].ToArray();
    }

    private void Walk(string path, SourceDirectory directory, Stack<(string Path, SourceDirectory Directory)> pending)
    {
        var entries = EntryCollector.Of(_tree, directory.Attributes.Node);
        if (entries.Count == 0 && directory.Parent is { } parent)
        {
            _files.Add(path, new SourceFile(path, directory.Name, parent, directory.Attributes));
        }
        else
        {
            _directories.TryAdd(path, directory);
        }

        foreach (var (name, node) in entries)
        {
            var text = Encoding.UTF8.GetString(name);
            if (_isEnvironment && path.Length == 0 && IsLeftOut(text))
            {
                continue;
            }

            var below = path.Length == 0 ? text : $"{path}/{text}";
            if (below.Length > MaxPath)
            {
                throw new TreeException(TreeFailure.NameTooLong, $"{below[..MaxShown]}...: a path longer than {MaxPath} characters cannot be packed");
            }

            var attributes = _tree.GetAttributes(node);
            if (attributes.Kind == EntryKind.Directory)
            {
                pending.Push((below, new SourceDirectory(name, directory, attributes)));
            }
            else if (!_files.TryAdd(below, new SourceFile(below, name, directory, attributes)))
            {
                throw new TreeException(TreeFailure.Unsupported, $"{below}: two names here are not valid UTF-8 and look the same");
            }
        }
    }
}

/// <summary>A name in an environment that can be packed separately: anything except a non-empty directory.</summary>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Name">Its last component, in bytes.</param>
/// <param name="Directory">The directory that contains it.</param>
/// <param name="Attributes">The source's attributes.</param>
internal sealed record SourceFile(string Path, byte[] Name, SourceDirectory Directory, Attributes Attributes)
{
    /// <summary>The path of the content: its own, or the original's for a copy that replaces a symlink.</summary>
    public string Origin { get; init; } = Path;

    /// <summary>The content of a copy of a file outside of the source; null for everything else.</summary>
    public RewrittenContent? Outside { get; init; }
}

/// <summary>A directory of an environment.</summary>
/// <param name="name">Its name in bytes; empty for the prefix itself.</param>
/// <param name="parent">The directory that contains it; null for the prefix itself.</param>
/// <param name="attributes">The source's attributes.</param>
internal sealed class SourceDirectory(byte[] name, SourceDirectory? parent, Attributes attributes)
{
    public byte[] Name { get; } = name;

    public SourceDirectory? Parent { get; } = parent;

    public Attributes Attributes { get; } = attributes;
}
