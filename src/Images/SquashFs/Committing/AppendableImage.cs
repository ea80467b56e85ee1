using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>An image opened for appending. If it is disposed before the new generation is the current one, the file is unchanged.</summary>
internal sealed class AppendableImage : IDisposable
{
    private readonly IStorageFile _file;
    private readonly string _path;
    private readonly CommitOptions _options;
    private AppendedGeneration? _output;

    /// <exception cref="TreeException">It cannot be written, or has another generation than expected.</exception>
    public AppendableImage(IStorageFolder folder, string name, CommitOptions options)
    {
        (_path, _options) = (Path.Combine(folder.Path, name), options);
        _file = Open(folder, name);
        try
        {
            LengthBefore = _file.Length;
            Image = BaseImage.Read(new ImageFile(_file, _path), options.Threads);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        try
        {
            Demand(options.Expected, GenerationInfo.Of(Image.Record, Image.Image.Superblock));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Original length of the file.</summary>
    public long LengthBefore { get; }

    /// <summary>The image's current generation.</summary>
    public BaseImage Image { get; }

    /// <summary>Checks that the image has the generation that the changes were made on, and not one of a copy with the same number.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.Exists"/>.</exception>
    public void RequireBase(INumberedTree changed)
    {
        if (changed is SquashFsTree { Record: { } before } && Image.Record is { } now && !now.IsSameGeneration(before))
        {
            throw new TreeException(
                TreeFailure.Exists,
                $"{_path}: the image shows another generation {now.Raw.Generation} than the one that the changes were made on: "
                + "a copy with a different history was put there.");
        }
    }

    /// <summary>Reads an earlier generation.</summary>
    public BaseImage ReadGeneration(long number)
    {
        var file = new ImageFile(_file, _path);
        return BaseImage.Read(file, Generation.Find(file, number), _options.Threads);
    }

    /// <summary>Begins to write after the end.</summary>
    public AppendedGeneration Begin()
    {
        _output = new AppendedGeneration(_file, _path, Image.Image.Superblock, Image.Record is not null);
        _output.Begin();
        return _output;
    }

    public void Dispose()
    {
        _output?.Dispose();
        Image.Dispose();
        _file.Dispose();
    }

    private IStorageFile Open(IStorageFolder folder, string name)
    {
        try
        {
            return folder.Open(name, StorageAccess.Write);
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, _path);
        }
    }

    private void Demand(GenerationInfo? expected, GenerationInfo shown)
    {
        if (expected is not null && (expected.Identity, expected.Generation) != (shown.Identity, shown.Generation))
        {
            throw new TreeException(
                TreeFailure.Exists,
                $"{_path}: the image shows generation {shown.Generation} of {shown.Identity}, the changes build on generation "
                + $"{expected.Generation} of {expected.Identity}.");
        }
    }
}
