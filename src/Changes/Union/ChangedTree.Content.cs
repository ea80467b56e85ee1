using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Content.</content>
public sealed partial class ChangedTree
{
    /// <summary>Maximum number of bytes that one request copies where it cannot share them.</summary>
    private const int MaxCopiedBytes = 4 << 20;

    /// <inheritdoc/>
    public void Write(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId)
    {
        try
        {
            WriteOnce(file, offset, content, clearSetId);
        }
        catch (TreeException failure) when (IsNoRoom(failure))
        {
            if (!TryMakeRoom())
            {
                throw;
            }

            WriteOnce(file, offset, content, clearSetId);
        }
    }

    private void WriteOnce(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId)
    {
        lock (_writer)
        {
            var number = _state.NumberOf(file);
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
        var time = Now();
        _plan.Prepare(new Change { Kind = ChangeKind.Write, Node = file, Offset = offset, Length = content.Length, ClearSetId = clearSetId });
        var start = Log().AppendData(content, out var checksum);
        Commit(new Change
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

    /// <inheritdoc/>
    public void Allocate(NodeId file, long offset, long length, AllocateMode mode)
    {
        lock (_writer)
        {
            var number = _state.NumberOf(file);
            var size = PeekFile(number).Size;
            if (offset < 0 || length <= 0)
            {
                throw new TreeException(TreeFailure.Invalid, $"{length} bytes at {offset}.");
            }

            if (length > ChangePlan.MaxFileSize - offset)
            {
                throw new TreeException(TreeFailure.FileTooLarge, $"{length} bytes at {offset}.");
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

    /// <inheritdoc/>
    public long Seek(NodeId file, long offset, SeekTarget target)
    {
        var slot = _gate.EnterRead();
        try
        {
            var number = _state.NumberOf(file);
            var entry = PeekFile(number);
            if (offset < 0 || offset >= entry.Size)
            {
                throw new TreeException(TreeFailure.NoSuchRange, $"{offset} is not before the end, {entry.Size}.");
            }

            var found = Union.Content.Seek(entry.GetContent(), offset, target == SeekTarget.Hole);
            return found >= 0
                ? found
                : target == SeekTarget.Hole
                    ? entry.Size
                    : throw new TreeException(TreeFailure.NoSuchRange, $"There are no data behind {offset}.");
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    /// <inheritdoc/>
    public long CopyRange(NodeId from, long fromOffset, NodeId to, long toOffset, long length)
    {
        lock (_writer)
        {
            var (source, target) = (_state.NumberOf(from), _state.NumberOf(to));
            var available = PeekFile(source).Size - fromOffset;
            PeekFile(target);
            if (fromOffset < 0 || toOffset < 0 || length < 0)
            {
                throw new TreeException(TreeFailure.Invalid, $"{length} bytes at {fromOffset} to {toOffset}.");
            }

            length = Math.Min(length, available);
            if (length <= 0)
            {
                return 0;
            }

            var content = Union.Content.Slice(_state.Peek(source).GetContent(), fromOffset, length);
            if (!_state.MayShare(content, _log?.DataLength ?? 0))
            {
                return CopyBytes(content, target, toOffset);
            }

            Perform(new Change
            {
                Kind = ChangeKind.Copy,
                Time = Now(),
                Node = target,
                Offset = toOffset,
                Node2 = source,
                Offset2 = fromOffset,
                Length = length,
            });
            return length;
        }
    }

    /// <summary>Writes the beginning of some content as new bytes, in place of sharing it.</summary>
    /// <returns>How many: who copies asks again for the rest.</returns>
    private long CopyBytes(Content? content, ulong target, long offset)
    {
        var piece = new byte[(int)Math.Min(MaxCopiedBytes, Union.Content.LengthOf(content))];
        ContentReader.Read(_source, content, 0, piece);
        WriteBytes(target, offset, piece, clearSetId: false);
        return piece.Length;
    }

    private ChangedEntry PeekFile(ulong number)
    {
        var entry = _state.Peek(number);
        return entry.Kind == EntryKind.File
            ? entry
            : throw new TreeException(
                entry.IsDirectory ? TreeFailure.IsADirectory : TreeFailure.WrongKind, $"Inode {number} is a {entry.Kind}, not a file.");
    }

    private void Change(ChangeKind kind, ulong number, long offset, long length)
    {
        if (length > 0)
        {
            Perform(new Change { Kind = kind, Time = Now(), Node = number, Offset = offset, Length = length });
        }
        else
        {
            Touch(number);
        }
    }

    /// <summary>What changes no byte changes the times nevertheless.</summary>
    private void Touch(ulong number)
    {
        var now = Now();
        Perform(new Change { Kind = ChangeKind.SetAttributes, Time = now, Node = number, Fields = ChangedFields.Modified, Modified = now });
    }

    /// <summary>Nothing is set aside: the room is only compared with what there is now.</summary>
    private void Reserve(ulong number, long end, long size, long length)
    {
        if (length > (_log?.FreeSpace ?? _store.FreeSpace).AvailableBytes)
        {
            throw new TreeException(TreeFailure.NoSpace, $"There is no room for {length} bytes.");
        }

        if (end > size)
        {
            Perform(new Change { Kind = ChangeKind.SetAttributes, Time = Now(), Node = number, Fields = ChangedFields.Size, Size = end });
        }
        else
        {
            Touch(number);
        }
    }
}
