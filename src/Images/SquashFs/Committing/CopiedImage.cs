using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>A copy of an image beside it, which takes its name when it is complete; until then it is removed when disposed.</summary>
internal sealed class CopiedImage : IDisposable
{
    private const int ChunkBytes = 1 << 20;

    private readonly IStorageFolder _folder;
    private readonly string _name;
    private bool _published;

    /// <exception cref="Tree.TreeException">The folder takes no copy.</exception>
    public CopiedImage(IStorageFolder folder, string name, Action<string>? made)
    {
        (_folder, _name) = (folder, name);
        Name = TemporaryName.Of(name);
        try
        {
            using var source = folder.Open(name, StorageAccess.Read);
            using var target = folder.Open(Name, StorageAccess.Create);
            made?.Invoke(Name);
            var room = new byte[ChunkBytes];
            for (var offset = 0L; source.ReadAt(offset, room) is > 0 and var read; offset += read)
            {
                target.WriteAt(offset, room.AsSpan(0, read));
            }
        }
        catch (PlatformException exception)
        {
            Dispose();
            throw StorageFailures.Of(exception, Path.Combine(folder.Path, Name));
        }
    }

    /// <summary>The copy's name.</summary>
    public string Name { get; }

    /// <summary>Gives it the image's name, for good.</summary>
    public void Publish()
    {
        try
        {
            _folder.Rename(Name, _name);
            _published = true;
            _folder.Sync();
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, Path.Combine(_folder.Path, _name));
        }
    }

    public void Dispose()
    {
        if (_published)
        {
            return;
        }

        try
        {
            _folder.Remove(Name);
        }
        catch (PlatformException)
        {
            // What led here says more; doctor finds the leftover by its name.
        }
    }
}
