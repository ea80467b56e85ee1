using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>
/// Replaces symlinks by copies of their targets, for archives whose readers may not support symlinks. A copy of a file is another name of it, so
/// that it is stored once if the format allows.
/// </summary>
/// <param name="files">All files of the source.</param>
/// <param name="root">Absolute path of the source.</param>
/// <param name="prefixes">The paths that absolute symlinks use for the source.</param>
/// <param name="takesFilters">Whether the user may exclude files.</param>
internal sealed class LinkCopies(SourceFiles files, string root, IReadOnlyList<string> prefixes, bool takesFilters)
{
    private readonly SortedDictionary<string, string> _failed = new(StringComparer.Ordinal);
    private readonly List<SourceFile> _result = [];
    private readonly SortedDictionary<string, string> _outside = new(StringComparer.Ordinal);
    private IReadOnlyList<SourceFile> _selected = [];

    /// <summary>A warning that names the files from outside the source, of which the archive has copies; null if there are none.</summary>
    public string? Warning => _outside.Count > 0 ? FindingMessages.CopiedFromOutside(_outside) : null;

    /// <summary>
    /// Replaces the packed symlinks. A target is copied whether or not it is packed itself; for a directory, only the packed files in it.
    /// A regular file outside the source is copied too; a directory there is not.
    /// </summary>
    /// <exception cref="PackingException"><see cref="PackingFault.LinksWithoutCopies"/>, naming all of them.</exception>
    public IReadOnlyList<SourceFile> Replace(IReadOnlyList<SourceFile> selected)
    {
        _selected = selected;
        foreach (var file in selected)
        {
            Add(file, file.Path, file.Directory, file.Name, within: []);
        }

        if (_failed.Count > 0)
        {
            throw new PackingException(
                PackingFault.LinksWithoutCopies,
                FindingMessages.LinksWithoutCopies([.. _failed.Select(failed => $"{failed.Key} {failed.Value}")], takesFilters));
        }

        var names = _result.CountBy(file => file.Origin).Where(count => count.Value > 1).ToDictionary(StringComparer.Ordinal);
        return [.. _result.Select(file => names.TryGetValue(file.Origin, out var count) ? AsNames(file, count) : file)];
    }

    private static SourceFile AsNames(SourceFile file, int count) =>
        file with { Attributes = file.Attributes with { LinkCount = file.Attributes.LinkCount + (uint)count - 1 } };

    /// <summary>Adds a file, or its replacement, at a path.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">The path in the archive.</param>
    /// <param name="directory">The directory of the path.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="within">Directories whose copies contain this one.</param>
    private void Add(SourceFile file, string path, SourceDirectory directory, byte[] name, IReadOnlyList<string> within)
    {
        if (file.Attributes.Kind != EntryKind.Symlink)
        {
            _result.Add(new SourceFile(path, name, directory, file.Attributes) { Origin = file.Path });
            return;
        }

        var link = new LinkResolution(files, prefixes).Resolve(file.Path);
        if (link.Failure is { } failure)
        {
            _failed[file.Path] = failure;
        }
        else if (link.IsOutside)
        {
            AddOutside(file, path, directory, name);
        }
        else if (files.ByPath.TryGetValue(link.Path, out var found))
        {
            Add(found, path, directory, name, within);
        }
        else if (within.Contains(link.Path, StringComparer.Ordinal) || IsBelow(file.Path, link.Path))
        {
            _failed[file.Path] = $"-> {Target(file)}: points to a directory that contains it";
        }
        else
        {
            AddBelow(link.Path, path, new SourceDirectory(name, directory, files.Directories[link.Path].Attributes), [.. within, link.Path]);
        }
    }

    private void AddOutside(SourceFile link, string copy, SourceDirectory directory, byte[] name)
    {
        if (OutsideFile.TryRead(Path.Combine(root, link.Path), link.Attributes, out var failure) is { } outside)
        {
            _outside[link.Path] = Target(link);
            _result.Add(new SourceFile(copy, name, directory, outside.Attributes) { Outside = outside.Content });
        }
        else
        {
            _failed[link.Path] = $"-> {Target(link)}: {failure}";
        }
    }

    private void AddBelow(string source, string path, SourceDirectory copy, IReadOnlyList<string> within)
    {
        var directories = new Dictionary<SourceDirectory, SourceDirectory> { [files.Directories[source]] = copy };
        foreach (var file in _selected.Where(file => IsBelow(file.Path, source)))
        {
            Add(file, $"{path}{file.Path[source.Length..]}", CopyOf(file.Directory, directories), file.Name, within);
        }
    }

    private static SourceDirectory CopyOf(SourceDirectory directory, Dictionary<SourceDirectory, SourceDirectory> copies)
    {
        if (!copies.TryGetValue(directory, out var copy))
        {
            copy = new SourceDirectory(directory.Name, CopyOf(directory.Parent!, copies), directory.Attributes);
            copies.Add(directory, copy);
        }

        return copy;
    }

    private static bool IsBelow(string path, string directory) =>
        directory.Length == 0
            || (path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal));

    private string Target(SourceFile link) => Encoding.UTF8.GetString(files.ReadLink(link.Path));
}
