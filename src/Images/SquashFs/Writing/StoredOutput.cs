using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A new image that is being written: a temporary file, which is renamed to the image when it is complete and on the storage.</summary>
/// <param name="replacement">The file, still empty; disposed with this object.</param>
internal sealed class StoredOutput(ReplacementFile replacement) : ImageOutput
{
    private readonly IStorageFile _file = replacement.File;
    private WriteBehind _behind;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        base.Append(bytes);
        if (_behind.IsDue(Position, out var from))
        {
            _file.StartWriting(from, Position - from);
        }
    }

    public override void WriteAt(long position, ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.WriteAt(position, bytes);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception);
        }
    }

    public override void Read(long position, Span<byte> destination)
    {
        int read;
        try
        {
            read = _file.ReadAt(position, destination);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception);
        }

        if (read != destination.Length)
        {
            throw new TreeException(TreeFailure.Storage, $"{replacement.Path}: another process shortened the file while it was written.");
        }
    }

    /// <summary>Waits for the storage, and renames the file to the image.</summary>
    /// <param name="permission">Called in between; its result is disposed of after the rename. Null if not needed.</param>
    public void Publish(Func<IDisposable>? permission = null)
    {
        try
        {
            replacement.Publish(permission);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception);
        }
    }

    public override void Dispose() => replacement.Dispose();

    private TreeException Failure(PlatformException exception) => StorageFailures.Of(exception, replacement.Path);
}
