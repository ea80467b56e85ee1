using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>
/// A generation that is being appended to an image: everything goes behind the old end, is synced, and is in force when the superblock is
/// overwritten. Disposed before that, the file is as it was.
/// </summary>
internal sealed class AppendedGeneration : ImageOutput
{
    private readonly IStorageFile _file;
    private readonly string _path;
    private readonly RawSuperblock _before;
    private readonly long _oldEnd;
    private bool _isSwitching;
    private bool _isDone;

    /// <param name="file">The image, open for writing; stays the caller's.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="before">Its superblock.</param>
    /// <param name="isOurs">Whether it has a private record: then nothing of value follows its padding, but what a crash may have left.</param>
    public AppendedGeneration(IStorageFile file, string path, Superblock before, bool isOurs)
    {
        (_file, _path, _before) = (file, path, before.Raw);
        const long padding = SquashFsFormat.Padding;
        var padded = (before.BytesUsed + padding - 1) / padding * padding;
        Position = _oldEnd = isOurs ? Math.Min(file.Length, padded) : file.Length;
    }

    /// <summary>Cuts off what a crash left, and goes to where data may begin.</summary>
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

    /// <summary>Puts the generation in force: it is on the storage when this returns.</summary>
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
                // Nobody knows which superblock is on the storage: what both of them name must stay until the old one surely is.
                _file.WriteAt(0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in _before)));
                _file.Sync();
            }

            _file.Truncate(_oldEnd);
        }
        catch (PlatformException)
        {
            // What led here says more. What is left behind the image is cut off by the next one who writes.
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
