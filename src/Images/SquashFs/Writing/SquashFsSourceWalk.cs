using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// Walks the source directory by directory, in byte order of names: first a directory's own entries, then its subdirectories. Passes on files
/// directory by directory, and at the end those that are used first after a mount. Hard links are names that share an inode number; the source's
/// link counts are ignored.
/// </summary>
internal sealed class SquashFsSourceWalk
{
    private readonly IReadableTree _source;
    private readonly PackOptions _options;
    private readonly Action<PlannedInode> _foundFile;
    private readonly CancellationToken _cancellation;
    private readonly OwnerTable _owners = new();
    private readonly XattrCollector _xattrs = new();
    private readonly Dictionary<ulong, PlannedInode> _linked = [];
    private readonly HashSet<NodeId> _directories = [];
    private readonly HashSet<string> _refusedXattrs = new(StringComparer.Ordinal);
    private readonly List<PlannedInode> _files = [];
    private readonly InodePlanner _planner;

    public SquashFsSourceWalk(IReadableTree source, PackOptions options, Action<PlannedInode> foundFile, CancellationToken cancellation)
    {
        (_source, _options, _foundFile, _cancellation) = (source, options, foundFile, cancellation);
        _planner = new InodePlanner(source, _owners, options.ChangeTimes);
    }

    /// <summary>Walks the whole source.</summary>
    public SourcePlan Run()
    {
        var attributes = _source.GetAttributes(NodeId.Root);
        var (root, top) = ArcRoots(attributes);
        var plan = new SourcePlan(root, _owners, _xattrs, new FirstUseOrder(_options.FirstUses, top));
        for (var at = root; at != top; at = at.Children[0].Inode)
        {
            plan.Counts = plan.Counts.Plus(EntryKind.Directory);
            plan.Names++;
            at.Links = 3;
        }

        plan.Counts = plan.Counts.Plus(EntryKind.Directory);
        top.Xattrs = XattrsOf(NodeId.Root);
        top.Source = attributes.Inode;
        _directories.Add(NodeId.Root);
        var pending = new Stack<PlannedInode>([top]);
        while (pending.TryPop(out var directory))
        {
            _cancellation.ThrowIfCancellationRequested();
            ReadDirectory(directory, plan);
            for (var i = directory.Children.Length - 1; i >= 0; i--)
            {
                if (directory.Children[i].Inode.Kind == EntryKind.Directory)
                {
                    pending.Push(directory.Children[i].Inode);
                }
            }
        }

        foreach (var file in plan.FirstUses.Files)
        {
            _foundFile(file);
        }

        plan.Warnings.AddRange(_refusedXattrs.Order(StringComparer.Ordinal).Select(
            name => $"Extended attributes named {name} were left out: SquashFS stores user, trusted and security ones only."));
        return plan;
    }

    private (PlannedInode Root, PlannedInode Top) ArcRoots(in Attributes attributes)
    {
        var root = _planner.Plan(attributes, parent: null, []);
        var top = root;
        foreach (var part in (_options.ArcRoot ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = System.Text.Encoding.UTF8.GetBytes(part);
            if (!EntryName.IsValid(name))
            {
                throw new ArgumentException($"'{_options.ArcRoot}' is not a place in an image.", nameof(attributes));
            }

            var below = _planner.Plan(attributes, top, name);
            top.Children = [new PlannedName(name, below)];
            top = below;
        }

        return (root, top);
    }

    private void ReadDirectory(PlannedInode directory, SourcePlan plan)
    {
        var names = EntryCollector.SortedOf(_source, directory.Node); // the order that SquashFS requires
        directory.Children = new PlannedName[names.Count];
        directory.Links = 2;
        for (var i = 0; i < names.Count; i++)
        {
            var (name, node) = names[i];
            var attributes = _source.GetAttributes(node);
            var inode = Inode(attributes, directory, name, plan);
            directory.Children[i] = new PlannedName(name, inode);
            plan.Names++;
            if (inode.Kind == EntryKind.Directory)
            {
                directory.Links++;
            }
            else
            {
                inode.Links++;
            }
        }

        HandOn();
    }

    /// <summary>Passes on the directory's files, grouped by extension: similar files compress better together.</summary>
    private void HandOn()
    {
        foreach (var file in _files.OrderBy(file => FileExtension.Of(file.Name), FileExtension.Order))
        {
            _foundFile(file);
        }

        _files.Clear();
    }

    /// <summary>The inode of a name: an existing one for another hard link, otherwise a new one.</summary>
    private PlannedInode Inode(in Attributes attributes, PlannedInode directory, byte[] name, SourcePlan plan)
    {
        var mayBeLinked = attributes.Kind != EntryKind.Directory && attributes.LinkCount > 1;
        if (mayBeLinked && _linked.TryGetValue(attributes.Inode, out var known))
        {
            return known;
        }

        var inode = _planner.Plan(attributes, directory, name);
        plan.Counts = plan.Counts.Plus(inode.Kind);
        inode.Xattrs = XattrsOf(attributes.Node);
        inode.Source = attributes.Inode;
        if (mayBeLinked)
        {
            _linked.Add(attributes.Inode, inode);
        }

        if (inode.Kind == EntryKind.Directory && !_directories.Add(attributes.Node))
        {
            throw new TreeException(TreeFailure.Corrupt, $"{inode.Path()}: the source shows this directory in two places.");
        }

        plan.ContentBytes += inode.Size;
        if (!plan.FirstUses.TryTake(directory, inode) && inode.Kind == EntryKind.File)
        {
            _files.Add(inode);
        }

        return inode;
    }

    private uint XattrsOf(NodeId node) =>
        _options.Xattrs ? _xattrs.Collect(_source, node, name => _refusedXattrs.Add(name)) : SquashFsFormat.NoXattrs;
}

/// <summary>The content of the source, as the image will store it.</summary>
internal sealed class SourcePlan(PlannedInode root, OwnerTable owners, XattrCollector xattrs, FirstUseOrder firstUses)
{
    public PlannedInode Root { get; } = root;

    public OwnerTable Owners { get; } = owners;

    public XattrCollector Xattrs { get; } = xattrs;

    public FirstUseOrder FirstUses { get; } = firstUses;

    public EntryCounts Counts { get; set; }

    public long Names { get; set; }

    /// <summary>Total length of all files, each counted once.</summary>
    public long ContentBytes { get; set; }

    public List<string> Warnings { get; } = [];
}
