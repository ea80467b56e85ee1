using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Serving.FirstUse;
using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>A tree with the settings for serving it: shown owner, cache lifetime, and conversion to the kernel's structures.</summary>
internal class ServedTree
{
    private const int SectorShift = 9;

    // As on ext4. The size of a listing in an image changes with every commit; the size that programs see must not.
    private const long DirectorySize = 4096;

    // The C library uses a directory's block size as the size of its listing buffer (at least 32 KiB), and the kernel allocates as much for each
    // READDIRPLUS. For more than 32 KiB, it has to collect single pages.
    private const uint DirectoryTransferSize = 4096;
    private readonly Owner? _owner;
    private readonly SharedWriting? _sharing;
    private readonly uint _transferSize;
    private readonly FaultLog _log;

    internal ServedTree(IReadableTree tree, ServingOptions options, FaultLog log)
    {
        Tree = tree;
        _log = log;
        _owner = options.OwnerOverride;
        _sharing = options.SharedWriting;
        _transferSize = (uint)tree.Totals.BlockSize;
        FirstUse = options.FirstUse;
        Address = options.Address;
        LifetimeSeconds = (ulong)options.CacheLifetime.TotalSeconds;
    }

    internal IReadableTree Tree { get; }

    internal ulong LifetimeSeconds { get; }

    internal FirstUseRecorder? FirstUse { get; }

    internal ReadOnlyMemory<byte> Address { get; }

    internal AttributePrefetch AttributePrefetch { get; } = new();

    internal void Report(string doing, ulong node, Exception exception) => _log.Write(exception.Message, $"{doing} of node {node}");

    /// <summary>Introduces an entry to the kernel, which remembers the node until it sends FORGET.</summary>
    internal virtual EntryReply Introduce(in Attributes attributes) => new()
    {
        NodeId = attributes.Node.Value,
        EntryValidSeconds = LifetimeSeconds,
        AttributesValidSeconds = LifetimeSeconds,
        Attributes = Translate(in attributes),
    };

    /// <summary>The kernel forgot <paramref name="introductions"/> introductions of a node.</summary>
    internal virtual void Forget(NodeId node, ulong introductions)
    {
        // A tree whose entries cannot be removed need not count them.
    }

    /// <summary>Revokes the introduction at the start of a reply that the kernel did not receive; node 0 introduces nothing.</summary>
    internal void Revoke(ReadOnlySpan<byte> payload)
    {
        var node = MemoryMarshal.Read<ulong>(payload);
        if (node != 0)
        {
            Forget(new NodeId(node), 1);
        }
    }

    internal NodeAttributes Translate(in Attributes attributes)
    {
        var translated = Unmasked(in attributes);

        // A symlink's mode has no meaning.
        return _sharing is null || attributes.Kind == EntryKind.Symlink
            ? translated
            : translated with { Mode = _sharing.Shown(translated.Mode, translated.GroupId) };
    }

    private NodeAttributes Unmasked(in Attributes attributes) => new()
    {
        Inode = attributes.Inode,
        Size = (ulong)SizeOf(in attributes),
        Blocks = (ulong)((attributes.AllocatedBytes ?? SizeOf(in attributes)) + (1 << SectorShift) - 1) >> SectorShift,
        AccessSeconds = (attributes.Accessed ?? attributes.Modified).Seconds,
        AccessNanoseconds = (attributes.Accessed ?? attributes.Modified).Nanoseconds,
        ModificationSeconds = attributes.Modified.Seconds,
        ModificationNanoseconds = attributes.Modified.Nanoseconds,
        ChangeSeconds = attributes.Changed.Seconds,
        ChangeNanoseconds = attributes.Changed.Nanoseconds,
        Mode = TypeOf(attributes.Kind).ModeBits() | attributes.Permissions,
        LinkCount = attributes.LinkCount,
        UserId = attributes.OwnerWasSet ? attributes.UserId : _owner?.UserId ?? attributes.UserId,
        GroupId = attributes.OwnerWasSet ? attributes.GroupId : _owner?.GroupId ?? attributes.GroupId,
        Device = DeviceNumber.Pack(attributes.DeviceMajor, attributes.DeviceMinor),
        BlockSize = attributes.Kind is EntryKind.Directory ? DirectoryTransferSize : _transferSize,
    };

    private static long SizeOf(in Attributes attributes) => attributes.Kind is EntryKind.Directory ? DirectorySize : attributes.Size;

    internal static FileType TypeOf(EntryKind kind) => kind switch
    {
        EntryKind.File => FileType.Regular,
        EntryKind.Directory => FileType.Directory,
        EntryKind.Symlink => FileType.Symlink,
        EntryKind.BlockDevice => FileType.BlockDevice,
        EntryKind.CharacterDevice => FileType.CharacterDevice,
        EntryKind.Fifo => FileType.Fifo,
        EntryKind.Socket => FileType.Socket,
        _ => FileType.Unknown,
    };
}

/// <summary>
/// Guesses whether a process that lists directories will stat all entries (<c>ls -l</c>, <c>du</c>), or only descends into subdirectories
/// (<c>find</c>): with attributes, the kernel allocates an inode for each entry. A lookup in a directory that was just listed without attributes
/// means that they are wanted. Called from all workers; a lost update only causes a wrong guess.
/// </summary>
internal sealed class AttributePrefetch
{
    private const int ListingsAfterLookup = 64;
    private const int Remembered = 8;
    private readonly ulong[] _listedWithout = new ulong[Remembered];
    private int _next;
    private int _credit;

    /// <summary>Decides for one READDIRPLUS request of a directory.</summary>
    internal bool WantedFor(ulong directory)
    {
        if (Volatile.Read(ref _credit) > 0)
        {
            Interlocked.Decrement(ref _credit);
            return true;
        }

        Remember(directory);
        return false;
    }

    /// <summary>Learns from a lookup of an entry other than a directory.</summary>
    internal void LookedUp(ulong directory)
    {
        if (_listedWithout.AsSpan().Contains(directory))
        {
            Volatile.Write(ref _credit, ListingsAfterLookup);
        }
    }

    private void Remember(ulong directory)
    {
        if (!_listedWithout.AsSpan().Contains(directory))
        {
            _listedWithout[(uint)Interlocked.Increment(ref _next) % Remembered] = directory;
        }
    }
}
