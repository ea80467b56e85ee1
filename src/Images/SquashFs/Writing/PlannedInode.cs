using System.Text;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>An inode of the new image: first the source's attributes, then the results of writing it.</summary>
/// <remarks>
/// One per entry of the tree, all in memory. So rare fields are stored separately, or share a field with others that never occur together with them.
/// </remarks>
internal sealed class PlannedInode
{
    private Array? _targetOrChildren;
    private EarlierContent? _earlier;

    public required EntryKind Kind { get; init; }

    /// <summary>The source's handle for the entry.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The directory of its first name; null for the root, and if that directory is unchanged.</summary>
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

    /// <summary>Length of a file in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Device number.</summary>
    public uint Device { get; init; }

    /// <summary>A symlink's target.</summary>
    public byte[] Target
    {
        get => _targetOrChildren as byte[] ?? [];
        init => _targetOrChildren = value.Length > 0 ? value : null;
    }

    /// <summary>A directory's names in byte order.</summary>
    public PlannedName[] Children
    {
        get => _targetOrChildren as PlannedName[] ?? [];
        set => _targetOrChildren = value;
    }

    /// <summary>Number of names; for a directory, 2 plus the number of subdirectories.</summary>
    public uint Links { get; set; }

    /// <summary>The location of a file's content.</summary>
    public StoredContent? Content { get; set; }

    /// <summary>
    /// Start of the new part of a file, if only the end, shorter than a block, is new. The part before it is in <see cref="Content"/>.
    /// </summary>
    public long NewFrom
    {
        get => _earlier?.NewFrom ?? 0;
        set => Earlier.NewFrom = value;
    }

    /// <summary>
    /// For a file whose blocks are laid out again: the blocks that are stored elsewhere already, by index in the file; null if there are none.
    /// </summary>
    public StoredLocation[]? Stored
    {
        get => _earlier?.Stored;
        set => Earlier.Stored = value;
    }

    /// <summary>Number of an inode of the previous generation that probably has the same content; 0 if there is none.</summary>
    public uint Twin
    {
        get => _earlier?.Twin ?? 0;
        set => Earlier.Twin = value;
    }

    /// <summary>Its inode number in the source; 0 for a directory that the source does not have.</summary>
    public ulong Source { get; set; }

    /// <summary>Inode number.</summary>
    public uint Number { get; set; }

    /// <summary>Whether its content is among what is used first after a mount.</summary>
    public bool IsFirstUsed { get; set; }

    /// <summary>Whether the inode was written.</summary>
    public bool IsWritten { get; set; }

    /// <summary>The reference to the written inode.</summary>
    public InodeReference Reference { get; set; }

    private EarlierContent Earlier => _earlier ??= new EarlierContent();

    /// <summary>The path below the image's root, for messages.</summary>
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

    /// <summary>The parts of a file's content that a previous generation has.</summary>
    private sealed class EarlierContent
    {
        public long NewFrom { get; set; }

        public StoredLocation[]? Stored { get; set; }

        public uint Twin { get; set; }
    }
}

/// <summary>A name in a directory of the new image.</summary>
internal readonly record struct PlannedName(byte[] Name, PlannedInode Inode);

/// <summary>Creates inodes from the source's entries. Not thread-safe.</summary>
/// <param name="source">The source.</param>
/// <param name="owners">Receives owners and groups.</param>
/// <param name="changeTimes">Whether to keep the times of attribute changes.</param>
internal sealed class InodePlanner(IReadableTree source, OwnerTable owners, bool changeTimes)
{
    private readonly byte[] _target = new byte[SquashFsFormat.MaxSymlink];

    /// <summary>An inode with everything that is known before its content is stored.</summary>
    /// <exception cref="TreeException">SquashFS cannot store it.</exception>
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

/// <summary>Owners and groups in the order of first use: at most 65535.</summary>
internal sealed class OwnerTable
{
    private readonly Dictionary<uint, ushort> _indices = [];
    private readonly List<uint> _ids = [];

    /// <param name="known">Those that have an index already.</param>
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
