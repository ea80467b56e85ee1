using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// The names of a directory that differ from the base's. Names that the base has keep their cookies there, whatever they lead to and however often
/// they are removed and added. Other names get cookies below all of those, counting down. A listing in progress therefore never meets names added
/// meanwhile, and so ends.
/// </summary>
internal sealed class DirectoryChanges
{
    /// <summary>Set in the cookies of names that the base has. Cookies of other names count down from here.</summary>
    public const ulong BaseCookies = 1UL << 55;

    private readonly Dictionary<byte[], NameChange> _names;
    private readonly Dictionary<byte[], NameChange>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    /// <summary>Added names in order of addition, so with descending cookies; null where a name was removed again.</summary>
    private readonly List<(ulong Cookie, byte[]? Name)> _added;
    private ulong _nextCookie;
    private int _gaps;

    public DirectoryChanges()
        : this(new(NameComparer.Instance), [], BaseCookies - 1, 0)
    {
    }

    private DirectoryChanges(Dictionary<byte[], NameChange> names, List<(ulong Cookie, byte[]? Name)> added, ulong nextCookie, int gaps)
    {
        (_names, _added, _nextCookie, _gaps) = (names, added, nextCookie, gaps);
        _lookup = names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Number of names that the base does not have.</summary>
    public int AddedCount => _added.Count - _gaps;

    /// <summary>All names that differ.</summary>
    public IReadOnlyDictionary<byte[], NameChange> All => _names;

    public bool TryGet(ReadOnlySpan<byte> name, out NameChange change) => _lookup.TryGetValue(name, out change);

    /// <summary>Makes a name lead to an entry.</summary>
    public void Set(ReadOnlySpan<byte> name, ulong inode, EntryKind kind, bool isBaseName)
    {
        ref var change = ref CollectionsMarshal.GetValueRefOrAddDefault(_lookup, name, out var exists);
        if (exists || isBaseName)
        {
            change = change with { Inode = inode, Kind = kind, IsBaseName = isBaseName };
            return;
        }

        var cookie = _nextCookie--;
        change = new NameChange(inode, kind, IsBaseName: false, cookie);
        _added.Add((cookie, name.ToArray()));
    }

    /// <summary>Removes a name.</summary>
    public void Remove(ReadOnlySpan<byte> name, bool isBaseName)
    {
        if (isBaseName)
        {
            Set(name, 0, default, isBaseName: true);
        }
        else if (_lookup.Remove(name, out _, out var change))
        {
            _added[CountAbove(change.Cookie)] = (change.Cookie, null);
            _gaps++;
            DropGaps();
        }
    }

    /// <summary>The first added name after a cookie.</summary>
    public bool TryGetAddedAfter(ulong cookie, [NotNullWhen(true)] out byte[]? name, out NameChange change)
    {
        for (var index = CountAbove(cookie) - 1; index >= 0; index--)
        {
            if (_added[index].Name is { } added)
            {
                (name, change) = (added, _names[added]);
                return true;
            }
        }

        (name, change) = (null, default);
        return false;
    }

    /// <summary>A copy that is independent of this one.</summary>
    public DirectoryChanges Copy() => new(new(_names, NameComparer.Instance), [.. _added], _nextCookie, _gaps);

    /// <summary>How many added names have a cookie above this one; they come first.</summary>
    private int CountAbove(ulong cookie)
    {
        var (low, high) = (0, _added.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _added[middle].Cookie > cookie ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Gaps never make up more than half of the list (plus a few), so that skipping them keeps a listing linear.</summary>
    private void DropGaps()
    {
        if (_gaps > 32 && _gaps > _added.Count / 2)
        {
            _added.RemoveAll(static added => added.Name is null);
            _gaps = 0;
        }
    }
}

/// <summary>Compares names byte by byte; a lookup need not allocate an array.</summary>
internal sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static NameComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x is null ? y is null : y is not null && x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
