using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>The fields of each kind of record, in order (<c>docs/formats.md</c>, "Records").</summary>
internal static class ChangeCodec
{
    public const ChangedFields AllFields =
        ChangedFields.Permissions | ChangedFields.UserId | ChangedFields.GroupId | ChangedFields.Size | ChangedFields.Accessed
            | ChangedFields.Modified;

    /// <summary>Writes the fields of a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="dataStart">The offset that <see cref="Change.DataOffset"/> counts from.</param>
    /// <param name="room">The destination: <see cref="JournalFormat.MaxFields"/> bytes.</param>
    /// <returns>Their length.</returns>
    public static int Encode(in Change change, long dataStart, Span<byte> room)
    {
        var writer = new FieldWriter(room);
        if (HasTime(change.Kind))
        {
            writer.Time(change.Time);
        }

        switch (change.Kind)
        {
            case ChangeKind.Create:
                writer.Number(change.Node);
                writer.Number(change.Directory);
                writer.Name(change.Name);
                Entry(ref writer, change);
                break;
            case ChangeKind.CreateUnnamed:
                writer.Number(change.Node);
                Entry(ref writer, change);
                break;
            case ChangeKind.Link:
                writer.Number(change.Node);
                writer.Number(change.Directory);
                writer.Name(change.Name);
                break;
            case ChangeKind.Remove:
                writer.Number(change.Directory);
                writer.Name(change.Name);
                break;
            case ChangeKind.Rename or ChangeKind.Exchange:
                writer.Number(change.Directory);
                writer.Name(change.Name);
                writer.Number(change.Directory2);
                writer.Name(change.Name2);
                break;
            case ChangeKind.SetAttributes:
                SetAttributes(ref writer, change);
                break;
            case ChangeKind.Write:
                Range(ref writer, change);
                writer.Number(change.DataOffset - dataStart);
                writer.Checksum(change.DataChecksum);
                break;
            case ChangeKind.Clear or ChangeKind.Collapse or ChangeKind.Insert:
                Range(ref writer, change);
                break;
            case ChangeKind.Copy:
                Range(ref writer, change);
                writer.Number(change.Node2);
                writer.Number(change.Offset2);
                break;
            case ChangeKind.SetXattr:
                writer.Number(change.Node);
                writer.Name(change.Name);
                writer.Value(change.Value);
                break;
            case ChangeKind.RemoveXattr:
                writer.Number(change.Node);
                writer.Name(change.Name);
                break;
            case ChangeKind.Synced:
                writer.Number(change.DataOffset - dataStart);
                writer.Number(change.Offset);
                break;
            case ChangeKind.Forget:
                writer.Number(change.Node);
                break;
            default:
                throw new ArgumentException($"There is no change of kind {change.Kind}.", nameof(change));
        }

        return writer.Length;
    }

    /// <summary>Reads the fields of a record. The change is a view of the fields.</summary>
    /// <returns>False if the fields do not fit this kind.</returns>
    public static bool TryDecode(ChangeKind kind, ReadOnlySpan<byte> fields, long dataStart, out Change change)
    {
        var reader = new FieldReader(fields);
        var time = HasTime(kind) ? reader.Time() : default;
        change = kind switch
        {
            ChangeKind.Create or ChangeKind.CreateUnnamed => Created(ref reader, kind, time),
            ChangeKind.Link => new Change { Kind = kind, Time = time, Node = reader.Inode(), Directory = reader.Inode(), Name = reader.EntryName() },
            ChangeKind.Remove => new Change { Kind = kind, Time = time, Directory = reader.Inode(), Name = reader.EntryName() },
            ChangeKind.Rename or ChangeKind.Exchange => new Change
            {
                Kind = kind, Time = time,
                Directory = reader.Inode(), Name = reader.EntryName(), Directory2 = reader.Inode(), Name2 = reader.EntryName(),
            },
            ChangeKind.SetAttributes => AttributesSet(ref reader, time),
            ChangeKind.Write => new Change
            {
                Kind = kind, Time = time, Node = reader.Inode(), ClearSetId = reader.Flag(), Offset = reader.Long(), Length = reader.Long(),
                DataOffset = reader.Long() + dataStart, DataChecksum = reader.Checksum(),
            },
            ChangeKind.Clear or ChangeKind.Collapse or ChangeKind.Insert => new Change
            {
                Kind = kind, Time = time, Node = reader.Inode(), ClearSetId = reader.Flag(), Offset = reader.Long(), Length = reader.Long(),
            },
            ChangeKind.Copy => new Change
            {
                Kind = kind, Time = time, Node = reader.Inode(), ClearSetId = reader.Flag(), Offset = reader.Long(), Length = reader.Long(),
                Node2 = reader.Inode(), Offset2 = reader.Long(),
            },
            ChangeKind.SetXattr => new Change { Kind = kind, Time = time, Node = reader.Inode(), Name = reader.Name(), Value = reader.Value() },
            ChangeKind.RemoveXattr => new Change { Kind = kind, Time = time, Node = reader.Inode(), Name = reader.Name() },
            ChangeKind.Synced => new Change { Kind = kind, DataOffset = reader.Long() + dataStart, Offset = reader.Long() },
            ChangeKind.Forget => new Change { Kind = kind, Node = reader.Inode() },
            _ => default,
        };
        var end = long.MaxValue - change.Length;
        return change.Kind == kind
            && kind is not default(ChangeKind)
            && reader.IsDone
            && change.Offset <= end
            && change.Offset2 <= end
            && change.DataOffset >= 0
            && change.DataOffset <= end;
    }

    private static bool HasTime(ChangeKind kind) => kind is not (ChangeKind.Synced or ChangeKind.Forget);

    private static bool IsDevice(EntryKind kind) => kind is EntryKind.BlockDevice or EntryKind.CharacterDevice;

    private static void Entry(ref FieldWriter writer, in Change change)
    {
        writer.Byte((byte)change.EntryKind);
        writer.Number((ulong)change.Permissions);
        writer.Number((ulong)change.UserId);
        writer.Number((ulong)change.GroupId);
        if (change.EntryKind == EntryKind.Symlink)
        {
            writer.Value(change.Value);
        }
        else if (IsDevice(change.EntryKind))
        {
            writer.Number((ulong)change.DeviceMajor);
            writer.Number((ulong)change.DeviceMinor);
        }
    }

    private static void Range(ref FieldWriter writer, in Change change)
    {
        writer.Number(change.Node);
        writer.Byte(change.ClearSetId ? (byte)1 : (byte)0);
        writer.Number(change.Offset);
        writer.Number(change.Length);
    }

    private static void SetAttributes(ref FieldWriter writer, in Change change)
    {
        writer.Number(change.Node);
        writer.Byte(change.ClearSetId ? (byte)1 : (byte)0);
        writer.Number((ulong)change.Fields);
        if (change.Fields.HasFlag(ChangedFields.Permissions))
        {
            writer.Number((ulong)change.Permissions);
        }

        if (change.Fields.HasFlag(ChangedFields.UserId))
        {
            writer.Number((ulong)change.UserId);
        }

        if (change.Fields.HasFlag(ChangedFields.GroupId))
        {
            writer.Number((ulong)change.GroupId);
        }

        if (change.Fields.HasFlag(ChangedFields.Size))
        {
            writer.Number(change.Size);
        }

        if (change.Fields.HasFlag(ChangedFields.Accessed))
        {
            writer.Time(change.Accessed);
        }

        if (change.Fields.HasFlag(ChangedFields.Modified))
        {
            writer.Time(change.Modified);
        }
    }

    private static Change Created(scoped ref FieldReader reader, ChangeKind change, Timestamp time)
    {
        var node = reader.Inode();
        var directory = change == ChangeKind.Create ? reader.Inode() : 0;
        var name = change == ChangeKind.Create ? reader.EntryName() : [];
        var kind = reader.EntryKind();
        return new Change
        {
            Kind = change,
            Time = time,
            Node = node,
            Directory = directory,
            Name = name,
            EntryKind = kind,
            Permissions = reader.Permissions(),
            UserId = reader.UInt(),
            GroupId = reader.UInt(),
            Value = kind == EntryKind.Symlink ? reader.Value() : [],
            DeviceMajor = IsDevice(kind) ? reader.UInt() : 0,
            DeviceMinor = IsDevice(kind) ? reader.UInt() : 0,
        };
    }

    private static Change AttributesSet(scoped ref FieldReader reader, Timestamp time)
    {
        var node = reader.Inode();
        var clear = reader.Flag();
        var fields = reader.Fields();
        return new Change
        {
            Kind = ChangeKind.SetAttributes,
            Time = time,
            Node = node,
            ClearSetId = clear,
            Fields = fields,
            Permissions = fields.HasFlag(ChangedFields.Permissions) ? reader.Permissions() : (ushort)0,
            UserId = fields.HasFlag(ChangedFields.UserId) ? reader.UInt() : 0,
            GroupId = fields.HasFlag(ChangedFields.GroupId) ? reader.UInt() : 0,
            Size = fields.HasFlag(ChangedFields.Size) ? reader.Long() : 0,
            Accessed = fields.HasFlag(ChangedFields.Accessed) ? reader.Time() : default,
            Modified = fields.HasFlag(ChangedFields.Modified) ? reader.Time() : default,
        };
    }
}
