using System.Buffers;

namespace CondaFuse.Changes.Journal;

/// <summary>A change kept as its record, so that it outlives the memory it pointed to.</summary>
internal sealed class RetainedChange
{
    private readonly ChangeKind _kind;
    private readonly byte[] _fields;

    public RetainedChange(in Change change)
    {
        _kind = change.Kind;
        var room = ArrayPool<byte>.Shared.Rent(JournalFormat.MaxFields);
        _fields = room[..ChangeCodec.Encode(change, dataStart: 0, room)];
        ArrayPool<byte>.Shared.Return(room);
    }

    /// <summary>The change; a view of this object.</summary>
    public Change Open() => ChangeCodec.TryDecode(_kind, _fields, dataStart: 0, out var change)
        ? change
        : throw new InvalidOperationException($"A change of kind {_kind} cannot be read back.");
}
