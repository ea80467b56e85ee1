using System.Buffers.Binary;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Archives;

/// <summary>
/// An archive while it is written: a temporary file beside it, which takes its name when it is whole and on its storage.
/// Until then it is removed when disposed, and what had the name is as it was.
/// </summary>
internal sealed class ArchiveFile : IDisposable
{
    private readonly ReplacementFile _replacement;
    private WriteBehind _behind;

    /// <summary>Begins a file; a symlink is followed where it can be trusted.</summary>
    /// <exception cref="TreeException">It cannot be made.</exception>
    public ArchiveFile(string target)
    {
        try
        {
            _replacement = ReplacementFile.At(target);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, target);
        }
    }

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>What a person reads when the output cannot be written.</summary>
    public static TreeException Failure(Exception exception, string target) => new(FailureOf(exception), $"{target}: {exception.Message}", exception);

    /// <summary>Appends.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _replacement.File.WriteAt(Length, bytes);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, _replacement.Path);
        }

        Length += bytes.Length;
        if (_behind.IsDue(Length, out var from))
        {
            _replacement.File.StartWriting(from, Length - from);
        }
    }

    /// <summary>Waits for the storage and gives the file its name.</summary>
    public void Publish()
    {
        try
        {
            _replacement.Publish();
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, _replacement.Path);
        }
    }

    public void Dispose() => _replacement.Dispose();

    private static TreeFailure FailureOf(Exception exception) => exception switch
    {
        UnauthorizedAccessException or PlatformException { Errno: Errno.EACCES or Errno.EPERM } => TreeFailure.AccessDenied,
        PlatformException { Errno: Errno.ENOSPC } => TreeFailure.NoSpace,
        PlatformException { Errno: Errno.EDQUOT } => TreeFailure.QuotaExceeded,
        _ => TreeFailure.Storage,
    };
}

/// <summary>Counts what was packed, and tells how far it is.</summary>
/// <param name="totals">What there is to pack; zeros if that is not known.</param>
/// <param name="progress">Whom to tell.</param>
/// <param name="stored">Bytes that were written.</param>
internal sealed class PackingProgress(TreeTotals totals, IProgress<PackProgress>? progress, Func<long> stored)
{
    private const long ReportEvery = 1 << 20;

    private long _reported;

    /// <summary>Bytes of content.</summary>
    public long Bytes { get; private set; }

    /// <summary>Entries, each counted once.</summary>
    public long Entries { get; private set; }

    /// <summary>Counts an entry.</summary>
    public void Count()
    {
        Entries++;
    }

    /// <summary>Counts bytes of content.</summary>
    public void Add(long bytes)
    {
        Bytes += bytes;
        if (Bytes - _reported < ReportEvery || progress is null)
        {
            return;
        }

        _reported = Bytes;
        var known = totals.Entries > 0;
        progress.Report(new PackProgress(Entries, Bytes, stored(), known ? totals.Entries : Entries, known ? totals.StoredBytes : Bytes, known));
    }
}

/// <summary>Programs and libraries: ELF files, by their header (System V ABI, "ELF Header").</summary>
internal static class ElfFile
{
    /// <summary>Where the machine stands, and after how many bytes it ends.</summary>
    private const int MachineOffset = 18, HeaderBytes = 20;

    /// <summary><c>EM_386</c>, <c>EM_X86_64</c>.</summary>
    private const ushort I386 = 3, X64 = 62;

    /// <summary>Whether a file that begins so is one for x86. A header that a read cuts off counts as none.</summary>
    public static bool IsForX86(ReadOnlySpan<byte> start) =>
        start.Length >= HeaderBytes
        && start.StartsWith("\u007fELF"u8)
        && BinaryPrimitives.ReadUInt16LittleEndian(start[MachineOffset..]) is I386 or X64;
}
