using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>
/// A generation that is being appended to an image. Everything is written after the old end and synced; then overwriting the superblock puts it in
/// force. If it is disposed before that, the file is unchanged.
/// </summary>
internal sealed class AppendedGeneration : ImageOutput
{
    private readonly IStorageFile _file;
    private readonly string _path;
    private readonly RawSuperblock _before;
    private readonly long _oldEnd;
    private bool _isSwitching;
    private bool _isDone;

    /// <param name="file">The image, open for writing; owned by the caller.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="before">Its superblock.</param>
    /// <param name="isOurs">Whether it has a private record: then only leftovers of a crash can follow its padding.</param>
    public AppendedGeneration(IStorageFile file, string path, Superblock before, bool isOurs)
    {
        (_file, _path, _before) = (file, path, before.Raw);
        const long padding = SquashFsFormat.Padding;
        var padded = (before.BytesUsed + padding - 1) / padding * padding;
        Position = _oldEnd = isOurs ? Math.Min(file.Length, padded) : file.Length;
    }

    /// <summary>Cuts off leftovers of a crash, and seeks to the start of the new data.</summary>
    public void Begin()
    {
        if (_oldEnd < _file.Length)
        {
            Do(() => _file.Truncate(_oldEnd));
        }

        PadTo(SquashFsFormat.Padding);
    }

    public override void WriteAt(long position, ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.WriteAt(position, bytes);
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, _path);
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
            throw StorageFailures.Of(exception, _path);
        }

        if (read != destination.Length)
        {
            throw new TreeException(TreeFailure.Storage, $"{_path}: another process shortened the file while it was written.");
        }
    }

    /// <summary>Makes the generation the current one. It is on the storage when this returns.</summary>
    public void Switch(in RawSuperblock superblock)
    {
        Do(_file.Sync);
        _isSwitching = true;
        WriteAt(0, superblock);
        Do(_file.Sync);
        _isDone = true;
    }

    public override void Dispose()
    {
        if (_isDone)
        {
            return;
        }

        try
        {
            if (_isSwitching)
            {
                // It is unknown which superblock is on the storage: data that either refers to must stay until the old one is certainly restored.
                _file.WriteAt(0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in _before)));
                _file.Sync();
            }

            _file.Truncate(_oldEnd);
        }
        catch (PlatformException)
        {
            // The original failure says more. The next writer cuts off the leftovers after the image.
        }
    }

    private void Do(Action action)
    {
        try
        {
            action();
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, _path);
        }
    }
}
