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
