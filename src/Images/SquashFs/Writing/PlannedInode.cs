using System.Text;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>An inode of the image to be: what the source says of it, then what the writing finds out.</summary>
/// <remarks>
/// There are as many as the tree has entries, all in memory: what only some have is kept apart, or in one field with what only others have.
/// </remarks>
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

    /// <summary>
    /// Of a file whose blocks are laid out anew: those that are stored elsewhere already, by their index in the file; null if none.
    /// </summary>
    public StoredLocation[]? Stored
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

        public StoredLocation[]? Stored { get; set; }

        public uint Twin { get; set; }
    }
}

/// <summary>A name in a directory of the image to be.</summary>
internal readonly record struct PlannedName(byte[] Name, PlannedInode Inode);

/// <summary>Makes inodes of what a source says of its entries. Not for several threads at once.</summary>
/// <param name="source">The source.</param>
/// <param name="owners">Takes owners and groups.</param>
/// <param name="changeTimes">Whether it is worth keeping when attributes changed.</param>
internal sealed class InodePlanner(IReadableTree source, OwnerTable owners, bool changeTimes)
{
    private readonly byte[] _target = new byte[SquashFsFormat.MaxSymlink];

    /// <summary>An inode as far as it is known before its content is stored.</summary>
    /// <exception cref="TreeException">SquashFS cannot hold it.</exception>
    public PlannedInode Plan(in Attributes attributes, PlannedInode? parent, byte[] name)
    {
        var isDevice = attributes.Kind is EntryKind.BlockDevice or EntryKind.CharacterDevice;
        var inode = new PlannedInode
        {
            Kind = attributes.Kind,
            Node = attributes.Node,
            Parent = parent,
            Name = name,
            Permissions = attributes.Permissions,
            UserIndex = owners.IndexOf(attributes.UserId),
            GroupIndex = owners.IndexOf(attributes.GroupId),
            Modified = attributes.Modified,
            Changed = changeTimes ? attributes.Changed : attributes.Modified,
            Size = attributes.Kind == EntryKind.File ? attributes.Size : 0,
            Device = isDevice ? DeviceNumber.Encode(attributes.DeviceMajor, attributes.DeviceMinor) : 0,
            Target = attributes.Kind == EntryKind.Symlink ? _target[..source.ReadLink(attributes.Node, _target)] : [],
        };
        if (isDevice && (attributes.DeviceMajor > DeviceNumber.MaxMajor || attributes.DeviceMinor > DeviceNumber.MaxMinor))
        {
            throw new TreeException(
                TreeFailure.Unsupported,
                $"{inode.Path()}: SquashFS cannot hold the device number {attributes.DeviceMajor}:{attributes.DeviceMinor}.");
        }

        return inode;
    }
}

/// <summary>Owners and groups in the order of their first use: at most 65535.</summary>
internal sealed class OwnerTable
{
    private readonly Dictionary<uint, ushort> _indices = [];
    private readonly List<uint> _ids = [];

    /// <param name="known">Those that have their places already.</param>
    public OwnerTable(params ReadOnlySpan<uint> known)
    {
        foreach (var id in known)
        {
            _indices.TryAdd(id, (ushort)_ids.Count);
            _ids.Add(id);
        }
    }

    public IReadOnlyList<uint> Ids => _ids;

    public ushort IndexOf(uint id)
    {
        if (!_indices.TryGetValue(id, out var index))
        {
            if (_ids.Count == ushort.MaxValue)
            {
                throw new TreeException(
                    TreeFailure.Unsupported, "The source has more than 65535 different owners and groups, which no SquashFS image can hold.");
            }

            index = (ushort)_ids.Count;
            _indices.Add(id, index);
            _ids.Add(id);
        }

        return index;
    }
}
