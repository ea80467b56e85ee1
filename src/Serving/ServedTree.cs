using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Serving.FirstUse;
using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>A tree with the way in which it is shown: as whose, for how long, in the kernel's terms.</summary>
internal class ServedTree
{
    private const int SectorShift = 9;

    // As on ext4. What a listing takes in an image changes with every commit; what programs see of a directory must not.
    private const long DirectorySize = 4096;

    // The C library takes a directory's block size as the length of its listing buffer, at least 32 KiB, and the kernel
    // allocates as much for each READDIRPLUS; more than 32 KiB it has to gather page by page.
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

    /// <summary>Tells the kernel of an entry. It remembers the node until it says that it forgot it.</summary>
    internal virtual EntryReply Introduce(in Attributes attributes) => new()
    {
        NodeId = attributes.Node.Value,
        EntryValidSeconds = LifetimeSeconds,
        AttributesValidSeconds = LifetimeSeconds,
        Attributes = Translate(in attributes),
    };

    /// <summary>The kernel has forgotten so many introductions of a node.</summary>
    internal virtual void Forget(NodeId node, ulong introductions)
    {
        // What cannot be removed needs nobody who remembers it.
    }

    /// <summary>Takes back the introduction at the start of a reply that nobody has received; node 0 introduces nobody.</summary>
    internal void TakeBack(ReadOnlySpan<byte> payload)
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

        // A symlink's mode means nothing.
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
/// Guesses whether whoever lists directories will ask for the attributes of all that is in them (<c>ls -l</c>, <c>du</c>), or only goes down into the
/// subdirectories (<c>find</c>): telling attributes costs the kernel an inode for each entry. Who looks up an entry of a directory that was
/// just listed without, wants them. Called from all workers; a lost update costs a wrong guess, nothing else.
/// </summary>
internal sealed class AttributePrefetch
{
    private const int ListingsAfterLookup = 64;
    private const int Remembered = 8;
    private readonly ulong[] _listedWithout = new ulong[Remembered];
    private int _next;
    private int _credit;

    /// <summary>Decides for one request for entries of a directory.</summary>
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

    /// <summary>Learns from a lookup of an entry that is not a directory.</summary>
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
