using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>
/// A copy of an image beside it, with its owner and permissions, which takes its name when it is complete; until then it is removed when disposed.
/// </summary>
internal sealed class CopiedImage : IDisposable
{
    private readonly string _path;
    private readonly ReplacementFile _copy;

    /// <exception cref="Tree.TreeException">The folder takes no copy.</exception>
    public CopiedImage(IStorageFolder folder, string name)
    {
        _path = Path.Combine(folder.Path, name);
        using var source = StorageFailures.Try(() => folder.Open(name, StorageAccess.Read), _path);
        _copy = StorageFailures.Begin(folder, name, source.Rights);
        try
        {
            _copy.File.CopyFrom(source, 0, 0, source.Length);
        }
        catch (PlatformException exception)
        {
            Dispose();
            throw StorageFailures.Of(exception, _path);
        }
    }

    /// <summary>The copy's name.</summary>
    public string Name => _copy.Name;

    /// <summary>Gives it the image's name, for good.</summary>
    public void Publish() => StorageFailures.Try(
        () =>
        {
            _copy.Publish();
            return 0;
        },
        _path);

    public void Dispose() => _copy.Dispose();
}
