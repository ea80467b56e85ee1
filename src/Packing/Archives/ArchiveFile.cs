using System.Buffers.Binary;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Archives;

/// <summary>
/// An archive that is being written: a temporary file beside it, which is renamed when it is complete and on its storage. Disposing it before that
/// removes it, and the target is unchanged.
/// </summary>
internal sealed class ArchiveFile : IDisposable
{
    private readonly ReplacementFile _replacement;
    private WriteBehind _behind;

    /// <summary>Begins a file; symlinks are followed if they can be trusted.</summary>
    /// <exception cref="TreeException">It cannot be created.</exception>
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

    /// <summary>The failure to write the output, with a message for the user.</summary>
    public static TreeException Failure(Exception exception, string target) => new(FailureOf(exception), $"{target}: {exception.Message}", exception);

    /// <summary>Appends bytes.</summary>
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

    /// <summary>Waits for the storage, and renames the file.</summary>
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

/// <summary>Counts what was packed, and reports the progress.</summary>
/// <param name="totals">The totals to pack; zeros if unknown.</param>
/// <param name="progress">Receives the progress.</param>
/// <param name="stored">Returns the number of bytes written.</param>
internal sealed class PackingProgress(TreeTotals totals, IProgress<PackProgress>? progress, Func<long> stored)
{
    private const long ReportEvery = 1 << 20;

    private long _reported;

    /// <summary>Bytes of content so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Number of entries so far, each counted once.</summary>
    public long Entries { get; private set; }

    /// <summary>Counts an entry.</summary>
    public void Count()
    {
        Entries++;
    }

    /// <summary>Counts bytes of content.</summary>
    public void Add(long bytes) => Bytes += bytes;

    /// <summary>Reports bytes that are in the archive: reading is far ahead of a slow codec.</summary>
    /// <param name="done">All so far, before compression.</param>
    public void Report(long done)
    {
        if (done - _reported < ReportEvery || progress is null)
        {
            return;
        }

        _reported = done;
        var known = totals.Entries > 0;
        progress.Report(new PackProgress(Entries, done, stored(), known ? totals.Entries : Entries, known ? totals.StoredBytes : done, known));
    }
}

/// <summary>Recognizes programs and libraries: ELF files, by their header (System V ABI, "ELF Header").</summary>
internal static class ElfFile
{
    /// <summary>Offset of the machine field, and the end of that field.</summary>
    private const int MachineOffset = 18, HeaderBytes = 20;

    /// <summary><c>EM_386</c>, <c>EM_X86_64</c>.</summary>
    private const ushort I386 = 3, X64 = 62;

    /// <summary>Whether the start of a file is an ELF header for x86. An incomplete header counts as none.</summary>
    public static bool IsForX86(ReadOnlySpan<byte> start) =>
        start.Length >= HeaderBytes
        && start.StartsWith("\u007fELF"u8)
        && BinaryPrimitives.ReadUInt16LittleEndian(start[MachineOffset..]) is I386 or X64;
}
