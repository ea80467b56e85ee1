using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Packing.Archives;

/// <summary>
/// An archive while it is written: a temporary file beside it, which takes its name when it is whole and on its storage.
/// Until then it is removed when disposed, and what had the name is as it was.
/// </summary>
internal sealed class ArchiveFile : IDisposable
{
    private readonly string _target;
    private readonly string _temporary;
    private readonly SafeFileHandle _handle;
    private WriteBehind _behind;
    private bool _published;

    /// <summary>Begins a file; a symlink is followed.</summary>
    /// <exception cref="TreeException">It cannot be made.</exception>
    public ArchiveFile(string target)
    {
        try
        {
            var link = new FileInfo(target);
            _target = link.LinkTarget is null ? link.FullName : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            _temporary = TemporaryName(_target);
            _handle = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(exception, target);
        }
    }

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>A name beside a target that what is not whole yet has.</summary>
    public static string TemporaryName(string target) => $"{target}.{Guid.NewGuid().ToString("N")[..8]}{SquashFsWriter.TemporarySuffix}";

    /// <summary>What a person reads when the output cannot be written.</summary>
    public static TreeException Failure(Exception exception, string target) =>
        new(exception is UnauthorizedAccessException ? TreeFailure.AccessDenied : TreeFailure.Storage, $"{target}: {exception.Message}", exception);

    /// <summary>Appends.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, Length);
        }
        catch (IOException exception)
        {
            throw Failure(exception, _target);
        }

        Length += bytes.Length;
        if (_behind.IsDue(Length, out var from))
        {
            FileContent.StartWriting(_handle, from, Length - from);
        }
    }

    /// <summary>Waits for the storage and gives the file its name.</summary>
    public void Publish()
    {
        try
        {
            FileContent.Sync(_handle);
            File.Move(_temporary, _target, overwrite: true);
            _published = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformException)
        {
            throw Failure(exception, _target);
        }
    }

    public void Dispose()
    {
        _handle.Dispose();
        if (!_published)
        {
            try
            {
                File.Delete(_temporary);
            }
            catch (IOException)
            {
                // What led here says more than that the file could not be removed either.
            }
        }
    }
}
