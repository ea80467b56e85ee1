using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>An image while it is written into a folder of a storage: a temporary file, which takes the image's name when it is whole and on the storage.</summary>
internal sealed class StoredOutput : ImageOutput
{
    private readonly IStorageFolder _folder;
    private readonly string _name;
    private readonly string _temporary;
    private readonly IStorageFile _file;
    private bool _published;

    /// <param name="folder">The folder.</param>
    /// <param name="name">The image's name in it: no symlink.</param>
    /// <param name="made">Is told the temporary file's name, before anything is in it.</param>
    /// <exception cref="TreeException">The folder takes no file.</exception>
    public StoredOutput(IStorageFolder folder, string name, Action<string>? made = null)
    {
        (_folder, _name) = (folder, name);
        _temporary = $"{name}.{Guid.NewGuid().ToString("N")[..8]}{SquashFsWriter.TemporarySuffix}";
        try
        {
            _file = folder.Open(_temporary, StorageAccess.Create);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception);
        }

        try
        {
            made?.Invoke(_temporary);
        }
        catch
        {
            Dispose();
            throw;
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
            throw new TreeException(TreeFailure.Storage, $"{Path.Combine(_folder.Path, _temporary)}: someone else shortened the file while it was written.");
        }
    }

    /// <summary>Waits for the storage and gives the file the image's name.</summary>
    /// <param name="permission">Asked in between; what it gives is disposed of when the file has the name. Null if nobody need be asked.</param>
    public void Publish(Func<IDisposable>? permission = null)
    {
        try
        {
            _file.Sync();
            using var given = permission?.Invoke();
            _folder.Rename(_temporary, _name);
            _published = true;
            _folder.Sync();
        }
        catch (PlatformException exception)
        {
            throw Failure(exception);
        }
    }

    public override void Dispose()
    {
        _file.Dispose();
        if (_published)
        {
            return;
        }

        try
        {
            _folder.Remove(_temporary);
        }
        catch (PlatformException)
        {
            // What led here says more; doctor finds the leftover by its name.
        }
    }

    private TreeException Failure(PlatformException exception) => StorageFailures.Of(exception, Path.Combine(_folder.Path, _name));
}
