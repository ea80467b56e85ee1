using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>A change that outlives what it was made of.</summary>
internal sealed class RetainedChange
{
    public RetainedChange(in Change change)
    {
        (Kind, Time, Node, Node2, Directory, Directory2) = (change.Kind, change.Time, change.Node, change.Node2, change.Directory, change.Directory2);
        (Name, Name2, Value) = (change.Name.ToArray(), change.Name2.ToArray(), change.Value.ToArray());
        (EntryKind, Fields, ClearSetId, Permissions) = (change.EntryKind, change.Fields, change.ClearSetId, change.Permissions);
        (UserId, GroupId, DeviceMajor, DeviceMinor) = (change.UserId, change.GroupId, change.DeviceMajor, change.DeviceMinor);
        (Size, Accessed, Modified) = (change.Size, change.Accessed, change.Modified);
        (Offset, Offset2, Length, DataOffset, DataChecksum) = (change.Offset, change.Offset2, change.Length, change.DataOffset, change.DataChecksum);
    }

    public ChangeKind Kind { get; }

    public Timestamp Time { get; }

    public ulong Node { get; }

    public ulong Node2 { get; }

    public ulong Directory { get; }

    public ulong Directory2 { get; }

    public byte[] Name { get; }

    public byte[] Name2 { get; }

    public byte[] Value { get; }

    public EntryKind EntryKind { get; }

    public ChangedFields Fields { get; }

    public bool ClearSetId { get; }

    public ushort Permissions { get; }

    public uint UserId { get; }

    public uint GroupId { get; }

    public uint DeviceMajor { get; }

    public uint DeviceMinor { get; }

    public long Size { get; }

    public Timestamp Accessed { get; }

    public Timestamp Modified { get; }

    public long Offset { get; }

    public long Offset2 { get; }

    public long Length { get; }

    public long DataOffset { get; }

    public uint DataChecksum { get; }

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
