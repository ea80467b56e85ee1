using System.Text;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>An inode of the image to be: what the source says of it, then what the writing finds out.</summary>
/// <remarks>There are as many as the tree has entries, all in memory: what only some have is kept apart, or in one field with what only others have.</remarks>
internal sealed class PlannedInode
{
    private Array? _targetOrChildren;
    private EarlierContent? _earlier;

    public required EntryKind Kind { get; init; }

    /// <summary>The source's handle.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The directory of its first name; null for the root, and where the directory itself is as it was before.</summary>
    public required PlannedInode? Parent { get; init; }

    /// <summary>Its first name; empty for the root.</summary>
    public required byte[] Name { get; init; }

    public required ushort Permissions { get; init; }

    public required ushort UserIndex { get; init; }

    public required ushort GroupIndex { get; init; }

    public required Timestamp Modified { get; init; }

    public required Timestamp Changed { get; init; }

    /// <summary>Index of its extended attributes, or <see cref="SquashFsFormat.NoXattrs"/>.</summary>
    public uint Xattrs { get; set; } = SquashFsFormat.NoXattrs;

    /// <summary>Bytes of a file.</summary>
    public long Size { get; init; }

    /// <summary>Of a device.</summary>
    public uint Device { get; init; }

    /// <summary>Of a symlink.</summary>
    public byte[] Target
    {
        get => _targetOrChildren as byte[] ?? [];
        init => _targetOrChildren = value.Length > 0 ? value : null;
    }

    /// <summary>Of a directory: its names in the order of their bytes.</summary>
    public PlannedName[] Children
    {
        get => _targetOrChildren as PlannedName[] ?? [];
        set => _targetOrChildren = value;
    }

    /// <summary>Names that lead here; for a directory 2 plus its subdirectories.</summary>
    public uint Links { get; set; }

    /// <summary>Of a file: where its content is stored.</summary>
    public StoredContent? Content { get; set; }

    /// <summary>Of a file of which only what is shorter than a block is new: where that begins. What is before is in <see cref="Content"/>.</summary>
    public long NewFrom
    {
        get => _earlier?.NewFrom ?? 0;
        set => Earlier.NewFrom = value;
    }

    /// <summary>Of a file whose blocks are laid out anew: those that are stored elsewhere already, by their index in the file; null if none.</summary>
    public StoredPlace[]? Stored
    {
        get => _earlier?.Stored;
        set => Earlier.Stored = value;
    }

    /// <summary>Number of an inode of the generation before whose content may well be the same; 0 if none comes to mind.</summary>
    public uint Twin
    {
        get => _earlier?.Twin ?? 0;
        set => Earlier.Twin = value;
    }

    /// <summary>Inode number.</summary>
    public uint Number { get; set; }

    /// <summary>Whether the inode was written.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Where the inode was written.</summary>
    public InodeReference Reference { get; set; }

    private EarlierContent Earlier => _earlier ??= new EarlierContent();

    /// <summary>The path below the image's root, for a person to read.</summary>
    public string Path()
    {
        var names = new List<string>();
        for (var at = this; at is { Name.Length: > 0 }; at = at.Parent)
        {
            names.Add(Encoding.UTF8.GetString(at.Name));
        }

        names.Reverse();
        return string.Join('/', names);
    }

    /// <summary>What a generation before has of a file's content.</summary>
    private sealed class EarlierContent
    {
        public long NewFrom { get; set; }

        public StoredPlace[]? Stored { get; set; }

        public uint Twin { get; set; }
    }
}
