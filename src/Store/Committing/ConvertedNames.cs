using CondaFuse.Platform;

namespace CondaFuse.Store.Committing;

/// <summary>
/// The names that an archive has, and those that it gets with another format. They change when the file has its new content already, so that at every
/// moment one file has the archive's name: who is killed between leaves an archive that is used as any, and whose names the next conversion puts
/// right. Where a symlink leads to it, file and symlink are renamed.
/// </summary>
internal sealed class ConvertedNames
{
    private readonly string _path;
    private readonly string _image;
    private readonly bool _isLink;

    /// <param name="archive">The archive.</param>
    /// <param name="image">Canonical path of its file.</param>
    /// <param name="format">What it becomes.</param>
    public ConvertedNames(Archive archive, string image, ArchiveFormat format)
    {
        (_path, _image) = (archive.Path, image);
        _isLink = new FileInfo(archive.Path).LinkTarget is not null;
        Path = InFolderOf(archive.Path, archive.Name.Value + format.Extension());
        Image = !_isLink
            ? InFolderOf(image, archive.Name.Value + format.Extension())
            : ArchiveFormats.All.Any(known => image.EndsWith(known.Extension(), StringComparison.Ordinal))
                ? System.IO.Path.ChangeExtension(image, format.Extension())
                : image;
        OldLink = InFolderOf(archive.Path, archive.Name.Value + ArchiveFormats.All.Single(other => other != format).Extension());
    }

    /// <summary>The archive's new path, as the user would write it.</summary>
    public string Path { get; }

    /// <summary>Canonical path of its file then.</summary>
    public string Image { get; }

    /// <summary>Whether something of its names is to be done.</summary>
    public bool AreToChange => Path != _path || LeadsNowhere(OldLink);

    /// <summary>Where the symlink was.</summary>
    private string OldLink { get; }

    /// <summary>What has one of the new names already; null if nothing.</summary>
    public string? InTheWay =>
        Path == _path ? null
        : Exists(Path) && !IsOurLink() ? Path
        : Image != _image && Exists(Image) ? Image
        : null;

    /// <summary>Gives the archive its new names.</summary>
    /// <exception cref="PlatformException">A name could not be changed; there is one archive all the same.</exception>
    public void Change()
    {
        if (_isLink && _image == Image)
        {
            Rename(_path, Path);
        }
        else if (_isLink && Path != _path)
        {
            MakeLink();
            Rename(_image, Image);
            File.Delete(_path);
        }
        else if (Path != _path)
        {
            Rename(_image, Image);
        }

        if (LeadsNowhere(OldLink))
        {
            File.Delete(OldLink);
        }
    }

    /// <summary>A symlink that leads nowhere until the file has its new name.</summary>
    private void MakeLink()
    {
        var target = new FileInfo(_path).LinkTarget!;
        var direct = CanonicalPath.Resolve(InFolderOf(_path, target)) == _image
            && System.IO.Path.GetFileName(target) == System.IO.Path.GetFileName(_image);
        if (!IsOurLink())
        {
            File.CreateSymbolicLink(
                Path, direct ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(target)!, System.IO.Path.GetFileName(Image)) : Image);
        }
    }

    /// <summary>Whether a killed conversion made the new symlink already.</summary>
    private bool IsOurLink() => new FileInfo(Path).LinkTarget is { } target && CanonicalPath.Resolve(InFolderOf(Path, target)) == Image;

    private static bool LeadsNowhere(string path) => new FileInfo(path).LinkTarget is not null && FileIdentity.TryOf(path) is null;

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static string InFolderOf(string path, string name) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, name);

    private static void Rename(string from, string to)
    {
        using var folder = new DiskStorage().TryOpenFolder(System.IO.Path.GetDirectoryName(from)!)
            ?? throw new StoreException(StoreFault.NotFound, $"the directory of {from} does not exist any more");
        folder.Rename(System.IO.Path.GetFileName(from), System.IO.Path.GetFileName(to));
        folder.Sync();
    }
}
