using CondaFuse.Platform;

namespace CondaFuse.Store.Committing;

/// <summary>
/// An archive's names before and after a conversion. They change after the file has its new content, so that one file has the archive's name at
/// every moment. A conversion that is killed in between leaves a usable archive, and the next one corrects the names. If the archive is a symlink,
/// both the symlink and its target are renamed.
/// </summary>
internal sealed class ConvertedNames
{
    private readonly string _path;
    private readonly string _image;
    private readonly bool _isLink;

    /// <param name="archive">The archive.</param>
    /// <param name="image">Canonical path of its file.</param>
    /// <param name="format">The new format.</param>
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

    /// <summary>Canonical path of the file after the conversion.</summary>
    public string Image { get; }

    /// <summary>Whether any name has to change.</summary>
    public bool AreToChange => Path != _path || LeadsNowhere(OldLink);

    /// <summary>The former path of the symlink.</summary>
    private string OldLink { get; }

    /// <summary>An existing entry with one of the new names; null if there is none.</summary>
    public string? InTheWay =>
        Path == _path ? null
        : Exists(Path) && !IsOurLink() ? Path
        : Image != _image && Exists(Image) ? Image
        : null;

    /// <summary>Changes the names.</summary>
    /// <exception cref="PlatformException">A name could not be changed; there still is one archive.</exception>
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

    /// <summary>Creates the new symlink, which is broken until the file has its new name.</summary>
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

    /// <summary>Whether a killed conversion created the new symlink already.</summary>
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
