using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// The image while it is written: a temporary file beside the target, which takes the target's name when it is whole and on
/// its storage. Until then it is removed when disposed, and the target is as it was.
/// </summary>
internal sealed class OutputFile : ImageOutput
{
    private readonly string _target;
    private readonly string _temporary;
    private readonly SafeFileHandle _handle;
    private WriteBehind _behind;
    private bool _published;

    public OutputFile(string target)
    {
        try
        {
            var link = new FileInfo(target);
            _target = link.LinkTarget is null ? link.FullName : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            _temporary = $"{_target}.{Guid.NewGuid().ToString("N")[..8]}{SquashFsWriter.TemporarySuffix}";
            _handle = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(exception, target);
        }
    }

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        base.Append(bytes);
        if (_behind.IsDue(Position, out var from))
        {
            FileContent.StartWriting(_handle, from, Position - from);
        }
    }

    public override void WriteAt(long position, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, position);
        }
        catch (IOException exception)
        {
            throw Failure(exception, _target);
        }
    }

    public override void Read(long position, Span<byte> destination)
    {
        if (FileContent.Read(_handle, position, destination) != destination.Length)
        {
            throw new TreeException(TreeFailure.Storage, $"{_temporary}: someone else shortened the file while it was written.");
        }
    }

    /// <summary>Waits for the storage and gives the file the target's name.</summary>
    public void Publish()
    {
        try
        {
            FileContent.Sync(_handle);
            File.Move(_temporary, _target, overwrite: true);
            _published = true;
            using var directory = EntryOpening.Directory(Path.GetDirectoryName(_target)!);
            FileContent.Sync(directory);
        }
        catch (IOException exception)
        {
            throw Failure(exception, _target);
        }
    }

    public override void Dispose()
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
                // What led here says more than that the file could not be removed either; doctor finds it by its name.
            }
        }
    }

    private static TreeException Failure(Exception exception, string target) =>
        new(exception is UnauthorizedAccessException ? TreeFailure.AccessDenied : TreeFailure.Storage, $"{target}: {exception.Message}", exception);
}
