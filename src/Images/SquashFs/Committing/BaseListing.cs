using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>A directory's listing in the previous generation, entry by entry.</summary>
internal ref struct BaseListing
{
    private ReadOnlySpan<byte> _rest;
    private RawDirectoryHeader _header;
    private RawDirectoryEntry _entry;
    private uint _left;

    /// <param name="rest">The listing.</param>
    public BaseListing(ReadOnlySpan<byte> rest) => _rest = rest;

    public ReadOnlySpan<byte> Name { get; private set; }

    public readonly uint Number => unchecked(_header.InodeNumber + (uint)_entry.InodeDifference);

    public readonly InodeReference Reference => new(_header.InodeBlock, _entry.InodeOffset);

    public readonly EntryKind Kind => InodeTypes.TryGetKind((InodeType)_entry.Type, out var kind)
        ? kind
        : throw new ImageException(ImageFault.InodeType, $"A directory entry has the type {_entry.Type}.");

    /// <summary>Advances to the next entry; false at the end of the listing.</summary>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            _header = Take<RawDirectoryHeader>();
            _left = _header.CountMinusOne + 1;
            if (_left is 0 or > SquashFsFormat.MaxHeaderEntries)
            {
                throw new ImageException(ImageFault.Listing, $"A directory header claims {_left} entries.");
            }
        }

        _left--;
        _entry = Take<RawDirectoryEntry>();
        Name = Take(_entry.NameLengthMinusOne + 1);
        return EntryName.IsValid(Name) ? true : throw new ImageException(ImageFault.EntryName, "A directory has an entry with an impossible name.");
    }

    private T Take<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new ImageException(ImageFault.Listing, "A directory's listing breaks off within an entry.");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
