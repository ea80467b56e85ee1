using CondaFuse.Changes;
using CondaFuse.Tree;

namespace CondaFuse.Tests.Shared;

/// <summary>A stored change: a copy of its views.</summary>
internal sealed record KeptChange
{
    public KeptChange()
    {
    }

    public KeptChange(in Change change)
    {
        (Kind, Time, Node, Node2, Directory, Directory2) = (change.Kind, change.Time, change.Node, change.Node2, change.Directory, change.Directory2);
        (Name, Name2, Value) = (change.Name.ToArray(), change.Name2.ToArray(), change.Value.ToArray());
        (EntryKind, Fields, ClearSetId, Permissions) = (change.EntryKind, change.Fields, change.ClearSetId, change.Permissions);
        (UserId, GroupId, DeviceMajor, DeviceMinor) = (change.UserId, change.GroupId, change.DeviceMajor, change.DeviceMinor);
        (Size, Accessed, Modified) = (change.Size, change.Accessed, change.Modified);
        (Offset, Offset2, Length, DataOffset, DataChecksum) = (change.Offset, change.Offset2, change.Length, change.DataOffset, change.DataChecksum);
    }

    public ChangeKind Kind { get; init; }

    public Timestamp Time { get; init; }

    public ulong Node { get; init; }

    public ulong Node2 { get; init; }

    public ulong Directory { get; init; }

    public ulong Directory2 { get; init; }

    public byte[] Name { get; init; } = [];

    public byte[] Name2 { get; init; } = [];

    public byte[] Value { get; init; } = [];

    public EntryKind EntryKind { get; init; }

    public ChangedFields Fields { get; init; }

    public bool ClearSetId { get; init; }

    public ushort Permissions { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    public long Size { get; init; }

    public Timestamp Accessed { get; init; }

    public Timestamp Modified { get; init; }

    public long Offset { get; init; }

    public long Offset2 { get; init; }

    public long Length { get; init; }

    public long DataOffset { get; init; }

    public uint DataChecksum { get; init; }

    public Change Open() => new()
    {
        Kind = Kind,
        Time = Time,
        Node = Node,
        Node2 = Node2,
        Directory = Directory,
        Directory2 = Directory2,
        Name = Name,
        Name2 = Name2,
        Value = Value,
        EntryKind = EntryKind,
        Fields = Fields,
        ClearSetId = ClearSetId,
        Permissions = Permissions,
        UserId = UserId,
        GroupId = GroupId,
        DeviceMajor = DeviceMajor,
        DeviceMinor = DeviceMinor,
        Size = Size,
        Accessed = Accessed,
        Modified = Modified,
        Offset = Offset,
        Offset2 = Offset2,
        Length = Length,
        DataOffset = DataOffset,
        DataChecksum = DataChecksum,
    };
}
