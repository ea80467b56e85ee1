using CondaFuse.Platform;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Layers;

/// <summary>
/// Guards the folder of an archive's changes. Existing entries are used only if <see cref="Trust"/> allows it. New entries can be read and written
/// by the same users as the archive.
/// </summary>
public sealed class LayerGuard : IEntryGuard
{
    private const uint UserAll = 0x1C0;
    private const uint UserReadWrite = 0x180;
    private const uint ReadWriteOfOthers = 0x36;
    private const uint WriteOfOthers = 0x12;
    private const uint SearchOfOthers = 0x9;
    private const byte ReadWrite = 6;
    private const uint OverflowDefault = 65534;

    private readonly EntryAccess? _archive;
    private readonly Lazy<TrustContext> _context;

    internal LayerGuard(EntryAccess? archive, TrustContext context)
        : this(archive, new Lazy<TrustContext>(context))
    {
    }

    private LayerGuard(EntryAccess? archive, Lazy<TrustContext> context) => (_archive, _context) = (archive, context);

    /// <summary>Creates the guard for changes beside an archive.</summary>
    /// <param name="image">The archive's path.</param>
    /// <exception cref="PlatformException">It cannot be opened.</exception>
    public static LayerGuard Beside(string image)
    {
        using var file = PlainFile.OpenToRead(image);
        using var lease = new HandleLease(file);
        return new LayerGuard(EntryAccess.Of(lease), new Lazy<TrustContext>(Context));
    }

    /// <summary>Creates the guard for files of this user only.</summary>
    public static LayerGuard Personal() => new(archive: null, new Lazy<TrustContext>(Context));

    /// <summary>Which users other than the owner may change what a mount for all users shows.</summary>
    internal (IReadOnlySet<uint> Groups, bool Everybody) WritersBesideOwner => Trust.WritersBesideOwner(_archive, _context.Value.Overflow);

    /// <inheritdoc/>
    public void Demand(EntryAccess entry, string path)
    {
        if (Trust.ReasonAgainst(entry, _archive, _context.Value) is { } reason)
        {
            throw Refusal(path, reason);
        }
    }

    /// <inheritdoc/>
    public Exception Refusal(string path, string reason) =>
        new StoreException(
            StoreFault.Untrusted,
            $"{path} {reason}: condafuse neither reads nor writes changes there. Correct this if the file is yours; otherwise remove it");

    /// <inheritdoc/>
    public EntryRights RightsFor(string? name)
    {
        if (_archive is null)
        {
            return new EntryRights(_context.Value.Self, Identity.GroupId, name is null ? UserAll : UserReadWrite, List: null);
        }

        // With an access list, the group bits are its mask. Files that only name a holder are for all readers; files that can be locked are for
        // writers.
        var shared = (uint)_archive.Mode & ReadWriteOfOthers;
        shared = name == WriterFiles.LockName ? OnlyWriters(shared) : shared;
        var list = _archive.List?.Select(
            entry => entry with { Permissions = Adapted(name, entry.Tag == AccessTag.Owner ? ReadWrite : entry.Permissions) }).ToList();
        return new EntryRights(
            _archive.UserId, _archive.GroupId, name is null ? UserAll | shared | Searchable(shared) : UserReadWrite | shared, list);
    }

    /// <summary>Read and write permission for writers, none for others.</summary>
    private static uint OnlyWriters(uint permissions) => (permissions & WriteOfOthers) | ((permissions & WriteOfOthers) << 1);

    /// <summary>Search permission on a folder for everyone who may read or write in it.</summary>
    private static uint Searchable(uint permissions) => ((permissions >> 2) | (permissions >> 1)) & SearchOfOthers;

    private static byte Adapted(string? name, byte permissions)
    {
        var shared = (byte)(permissions & ReadWrite);
        if (name == WriterFiles.LockName)
        {
            return (shared & 2) != 0 ? ReadWrite : (byte)0;
        }

        return name is null && shared != 0 ? (byte)(shared | 1) : shared;
    }

    private static TrustContext Context() =>
        new(
            Identity.UserId,
            new GroupMembership().IsMember,
            new HashSet<uint> { OverflowDefault, uint.MaxValue, uint.MaxValue - 1, OverflowId("uid"), OverflowId("gid") });

    private static uint OverflowId(string kind)
    {
        try
        {
            return uint.Parse(KernelFile.ReadText($"/proc/sys/kernel/overflow{kind}"), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return OverflowDefault;
        }
    }
}
