using System.Text;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>
/// Walks the source directory by directory, in byte order of names: first a directory's own entries, then its subdirectories. Hard links are names
/// that share an inode number.
/// </summary>
/// <param name="source">The source.</param>
/// <param name="options">The settings.</param>
/// <param name="known">Finds content that is stored already; null if there is none.</param>
/// <param name="keepsNumbers">Whether to use the source's inode numbers; otherwise entries are numbered in order, starting with 1 for the
/// root.</param>
/// <param name="cancellation">Cancels.</param>
internal sealed class ZipSourceWalk(
    IReadableTree source, PackOptions options, IKnownZipContent? known, bool keepsNumbers, CancellationToken cancellation)
{
    private const int LongestTarget = 4096;

    private readonly Dictionary<ulong, PlannedEntry> _linked = [];
    private readonly HashSet<NodeId> _directories = [NodeId.Root];
    private readonly SortedSet<string> _leftOut = new(StringComparer.Ordinal);
    private readonly byte[] _target = new byte[LongestTarget];
    private readonly Stack<(NodeId Node, byte[] Path)> _pending = new();
    private byte[] _xattrs = new byte[4096];

    /// <summary>Walks the whole source.</summary>
    public WritingPlan Run()
    {
        var root = source.GetAttributes(NodeId.Root);
        var plan = new WritingPlan { Root = root, Counts = default(EntryCounts).Plus(EntryKind.Directory) };
        NoteXattrs(NodeId.Root);
        _pending.Push((NodeId.Root, ArcRoot(plan)));
        while (_pending.TryPop(out var directory))
        {
            cancellation.ThrowIfCancellationRequested();
            Read(directory.Node, directory.Path, plan);
        }

        plan.Warnings.AddRange(_leftOut.Select(name => $"Extended attributes named {name} were left out: a zip archive cannot hold them."));
        return plan;
    }

    /// <summary>Creates the directories above the one that the source's root becomes, with the root's attributes.</summary>
    private byte[] ArcRoot(WritingPlan plan)
    {
        var path = (byte[])[];
        foreach (var part in (options.ArcRoot ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Encoding.UTF8.GetBytes(part);
            if (!EntryName.IsValid(name))
            {
                throw new ArgumentException($"'{options.ArcRoot}' is not a place in an archive.");
            }

            path = [.. path, .. name, (byte)'/'];
            plan.Entries.Add(new PlannedEntry { Name = path, Attributes = plan.Root, Number = ++plan.HighestNumber });
            plan.Counts = plan.Counts.Plus(EntryKind.Directory);
        }

        return path;
    }

    private void Read(NodeId directory, byte[] path, WritingPlan plan)
    {
        var below = new List<(NodeId, byte[])>();
        foreach (var (name, node) in EntryCollector.SortedOf(source, directory)) // the same tree gives the same archive
        {
            var attributes = source.GetAttributes(node);
            var isDirectory = attributes.Kind == EntryKind.Directory;
            byte[] whole = isDirectory ? [.. path, .. name, (byte)'/'] : [.. path, .. name];
            if (whole.Length > ZipFormat.MaxField)
            {
                throw new TreeException(
                    TreeFailure.Unsupported, $"{Encoding.UTF8.GetString(whole)}: a zip archive cannot hold a path of {whole.Length} bytes.");
            }

            plan.Entries.Add(EntryOf(whole, attributes, plan));
            if (isDirectory)
            {
                below.Add((node, whole));
            }
        }

        for (var i = below.Count - 1; i >= 0; i--)
        {
            if (!_directories.Add(below[i].Item1))
            {
                throw new TreeException(
                    TreeFailure.Corrupt, $"{Encoding.UTF8.GetString(below[i].Item2)}: the source shows this directory in two places.");
            }

            _pending.Push(below[i]);
        }
    }

    private PlannedEntry EntryOf(byte[] name, in Attributes attributes, WritingPlan plan)
    {
        // Every name counts in the numbering, even another hard link of an entry: readers that ignore numbers count the same way.
        var place = ++plan.HighestNumber;
        var mayBeLinked = attributes.Kind != EntryKind.Directory && attributes.LinkCount > 1;
        if (mayBeLinked && _linked.TryGetValue(attributes.Inode, out var first))
        {
            return new PlannedEntry { Name = name, Attributes = attributes, Number = first.Number, First = first, Target = first.Target };
        }

        NoteXattrs(attributes.Node);
        plan.Counts = plan.Counts.Plus(attributes.Kind);
        plan.ContentBytes += attributes.Kind == EntryKind.File ? attributes.Size : 0;
        var entry = new PlannedEntry
        {
            Name = name,
            Attributes = attributes,
            Number = keepsNumbers ? Checked(attributes.Inode) : place,
            Target = attributes.Kind == EntryKind.Symlink ? _target[..source.ReadLink(attributes.Node, _target)] : [],
            Stored = attributes.Kind == EntryKind.File && attributes.Size > 0 ? known?.Find(attributes) : null,
        };
        if (mayBeLinked)
        {
            _linked.Add(attributes.Inode, entry);
        }

        return entry;
    }

    private static uint Checked(ulong number) =>
        number < uint.MaxValue
            ? (uint)number
            : throw new TreeException(TreeFailure.Unsupported, $"Inode numbers above {uint.MaxValue} do not fit into a zip archive: pack it again.");

    private void NoteXattrs(NodeId node)
    {
        if (!options.Xattrs || !source.MayHaveXattrs)
        {
            return;
        }

        var length = source.ListXattrs(node, []);
        if (length > _xattrs.Length)
        {
            _xattrs = new byte[length * 2];
        }

        var names = length == 0 ? [] : _xattrs.AsSpan(0, source.ListXattrs(node, _xattrs));
        foreach (var name in Encoding.UTF8.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            _leftOut.Add(name);
        }
    }
}

/// <summary>The plan of an archive.</summary>
internal sealed class WritingPlan
{
    /// <summary>The root's attributes, because it has no entry.</summary>
    public required Attributes Root { get; init; }

    /// <summary>The entries in the order of writing.</summary>
    public List<PlannedEntry> Entries { get; } = [];

    /// <summary>What could not be stored, one sentence each.</summary>
    public List<string> Warnings { get; } = [];

    public EntryCounts Counts { get; set; }

    public long ContentBytes { get; set; }

    public uint HighestNumber { get; set; } = 1;

    /// <summary>The number in the archive of an entry with a number in the source; 0 if it is not there.</summary>
    public ulong NumberOf(ulong inode) => Numbers.GetValueOrDefault(inode);

    private Dictionary<ulong, uint> Numbers => field ??= Numbered();

    private Dictionary<ulong, uint> Numbered()
    {
        var numbers = new Dictionary<ulong, uint>(Entries.Count + 1) { [Root.Inode] = 1 };
        foreach (var entry in Entries)
        {
            numbers[entry.Attributes.Inode] = entry.Number;
        }

        return numbers;
    }
}
