using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Changes the content of files.</summary>
internal sealed class ContentMutator(ChangeWriter writer, TreeMaintenance maintenance)
{
    /// <summary>Maximum number of bytes that one request copies if they cannot be shared.</summary>
    private const int MaxCopiedBytes = 4 << 20;

    public void Write(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId)
    {
        try
        {
            WriteOnce(file, offset, content, clearSetId);
        }
        catch (TreeException failure) when (ChangeWriter.IsNoRoom(failure))
        {
            if (!maintenance.TryMakeRoom())
            {
                throw;
            }

            WriteOnce(file, offset, content, clearSetId);
        }
    }

    private void WriteOnce(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId)
    {
        lock (writer.Gate)
        {
            var number = writer.State.NumberOf(file);
            if (content.IsEmpty)
            {
                PeekFile(number);
                return;
            }

            WriteBytes(number, offset, content, clearSetId);
        }
    }

    private void WriteBytes(ulong file, long offset, ReadOnlySpan<byte> content, bool clearSetId)
    {
        var time = writer.Now();
        var plan = writer.Prepare(
            new Change { Kind = ChangeKind.Write, Node = file, Offset = offset, Length = content.Length, ClearSetId = clearSetId });
        var start = writer.Log().AppendData(content, out var checksum);
        writer.Commit(plan, new Change
        {
            Kind = ChangeKind.Write,
            Time = time,
            Node = file,
            Offset = offset,
            Length = content.Length,
            ClearSetId = clearSetId,
            DataOffset = start,
            DataChecksum = checksum,
        });
    }

    public void Allocate(NodeId file, long offset, long length, AllocateMode mode)
    {
        lock (writer.Gate)
        {
            var number = writer.State.NumberOf(file);
            var size = PeekFile(number).Size;
            if (offset < 0 || length <= 0)
            {
                throw new TreeException(TreeFailure.Invalid, $"Cannot write {length} bytes at offset {offset}.");
            }

            if (length > ChangePlanner.MaxFileSize - offset)
            {
                throw new TreeException(TreeFailure.FileTooLarge, $"{length} bytes at offset {offset} make the file too long.");
            }

            switch (mode)
            {
                case AllocateMode.Reserve:
                case AllocateMode.ReserveKeepingSize:
                    Reserve(number, offset + length, mode == AllocateMode.Reserve ? size : long.MaxValue, length);
                    break;
                case AllocateMode.PunchHole:
                case AllocateMode.ZeroKeepingSize:
                    Change(ChangeKind.Clear, number, offset, Math.Min(length, size - offset));
                    break;
                case AllocateMode.Zero:
                    Change(ChangeKind.Clear, number, offset, length);
                    break;
                case AllocateMode.Collapse:
                    Change(ChangeKind.Collapse, number, offset, length);
                    break;
                case AllocateMode.Insert:
                    Change(ChangeKind.Insert, number, offset, length);
                    break;
                default:
                    throw new TreeException(TreeFailure.Unsupported, $"The mode {mode} is unknown.");
            }
        }
    }

    public long CopyRange(NodeId from, long fromOffset, NodeId to, long toOffset, long length)
    {
        lock (writer.Gate)
        {
            var (source, target) = (writer.State.NumberOf(from), writer.State.NumberOf(to));
            var available = PeekFile(source).Size - fromOffset;
            PeekFile(target);
            if (fromOffset < 0 || toOffset < 0 || length < 0)
            {
                throw new TreeException(TreeFailure.Invalid, $"Cannot copy {length} bytes from offset {fromOffset} to {toOffset}.");
            }

            length = Math.Min(length, available);
            if (length <= 0)
            {
                return 0;
            }

            var content = Content.Slice(writer.State.Peek(source).GetContent(), fromOffset, length);
            if (!writer.State.MayShare(content, writer.Begun?.DataLength ?? 0))
            {
                return CopyBytes(content, target, toOffset);
            }

            writer.Perform(new Change
            {
                Kind = ChangeKind.Copy,
                Time = writer.Now(),
                Node = target,
                Offset = toOffset,
                Node2 = source,
                Offset2 = fromOffset,
                Length = length,
            });
            return length;
        }
    }

    /// <summary>Writes the beginning of some content as new bytes instead of sharing it.</summary>
    /// <returns>The number of bytes copied; the caller calls again for the rest.</returns>
    private long CopyBytes(Content? content, ulong target, long offset)
    {
        var piece = new byte[(int)Math.Min(MaxCopiedBytes, Content.LengthOf(content))];
        ContentReader.Read(writer.Source, content, 0, piece);
        WriteBytes(target, offset, piece, clearSetId: false);
        return piece.Length;
    }

    private ChangedEntry PeekFile(ulong number) => writer.State.Peek(number).DemandFile();

    private void Change(ChangeKind kind, ulong number, long offset, long length)
    {
        if (length > 0)
        {
            writer.Perform(new Change { Kind = kind, Time = writer.Now(), Node = number, Offset = offset, Length = length });
        }
        else
        {
            Touch(number);
        }
    }

    /// <summary>A write that changes no byte still updates the times.</summary>
    private void Touch(ulong number)
    {
        var now = writer.Now();
        writer.Perform(new Change { Kind = ChangeKind.SetAttributes, Time = now, Node = number, Fields = ChangedFields.Modified, Modified = now });
    }

    /// <summary>Compares the length with the free space; nothing is reserved.</summary>
    private void Reserve(ulong number, long end, long size, long length)
    {
        if (length > writer.FreeSpace.AvailableBytes)
        {
            throw new TreeException(TreeFailure.NoSpace, $"No space is left for {length} bytes.");
        }

        if (end > size)
        {
            writer.Perform(
                new Change { Kind = ChangeKind.SetAttributes, Time = writer.Now(), Node = number, Fields = ChangedFields.Size, Size = end });
        }
        else
        {
            Touch(number);
        }
    }
}
