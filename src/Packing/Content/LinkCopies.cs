using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>
/// Puts copies of what symlinks lead to in their place: for archives whose readers may know no symlinks. A copy of a file is another name of it, so
/// that it is stored once where the format can.
/// </summary>
/// <param name="files">All files of the source.</param>
/// <param name="prefixes">The paths by which absolute symlinks lead into the source.</param>
/// <param name="takesFilters">Whether who packs may leave files out.</param>
internal sealed class LinkCopies(SourceFiles files, IReadOnlyList<string> prefixes, bool takesFilters)
{
    private readonly SortedDictionary<string, string> _failed = new(StringComparer.Ordinal);
    private readonly List<SourceFile> _result = [];
    private IReadOnlyList<SourceFile> _selected = [];

    /// <summary>
    /// Replaces the symlinks among what is packed. What one leads to is copied, packed itself or not; of a directory what is packed.
    /// </summary>
    /// <exception cref="PackingException"><see cref="PackingFault.LinksWithoutCopies"/>: all of them, by name.</exception>
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

    /// <summary>Adds a file under a path, or what is in its place.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Where it is packed.</param>
    /// <param name="directory">The directory of that.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="within">Directories of which this is part of a copy.</param>
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
