using System.Buffers;
using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>The entries of one directory, collected for <see cref="ListingWriter"/>.</summary>
internal sealed class ListingBatch
{
    private readonly List<ListedEntry> _entries = [];
    private readonly ArrayBufferWriter<byte> _names = new();

    public ReadOnlySpan<ListedEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    public ReadOnlySpan<byte> Names => _names.WrittenSpan;

    public void Clear()
    {
        _entries.Clear();
        _names.ResetWrittenCount();
    }

    public void Add(ReadOnlySpan<byte> name, EntryKind kind, uint number, InodeReference reference)
    {
        _entries.Add(new ListedEntry(_names.WrittenCount, name.Length, InodeTypes.Of(kind), number, reference));
        _names.Write(name);
    }
}
