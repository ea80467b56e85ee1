using System.Text;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>Builds the packed tree. It has only those directories that contain packed files.</summary>
internal sealed class PackedTreeBuilder
{
    private readonly SourceFiles _files;
    private readonly byte[][] _prefixes;
    private readonly Dictionary<SourceDirectory, PackedNode> _directories = [];
    private readonly Timestamp _time;

    public PackedTreeBuilder(SourceFiles files, IEnumerable<string> prefixes)
    {
        (_files, _prefixes) = (files, [.. prefixes.Select(prefix => Encoding.UTF8.GetBytes($"{prefix}/"))]);
        Root = new PackedNode([], files.Root.Attributes, parent: null) { Source = files.Root.Attributes.Node };
        _directories.Add(files.Root, Root);

        // Added files have the time of conda's last change, so that the same environment gives the same bytes.
        _time = files.ByPath.GetValueOrDefault(CondaRecords.History)?.Attributes.Modified ?? files.Root.Attributes.Modified;
    }

    /// <summary>The root of it all.</summary>
    public PackedNode Root { get; }

    /// <summary>Adds a file of the source.</summary>
    /// <param name="file">The file.</param>
    /// <param name="content">The replacement of its content; null for the original.</param>
    /// <param name="mayLink">Whether it may be a hard link to the source's file.</param>
    public void Add(SourceFile file, RewrittenContent? content, bool mayLink = false)
    {
        var parent = Directory(file.Directory);
        parent.Children[file.Name] = new PackedNode(file.Name, file.Attributes, parent)
        {
            Source = file.Attributes.Node,
            Content = file.Attributes.Kind == EntryKind.Symlink ? Relative(file) : file.Outside ?? content,
            MayLink = mayLink,
        };
    }

    /// <summary>Adds a file that the source does not have, or replaces the source's file.</summary>
    public void Put(PackedScript script)
    {
        var bin = Root.Children.GetValueOrDefault("bin"u8.ToArray());
        if (bin is null)
        {
            bin = new PackedNode("bin"u8.ToArray(), Root.Attributes with { Kind = EntryKind.Directory, Modified = _time }, Root);
            Root.Children.Add(bin.Name, bin);
        }

        var name = Encoding.UTF8.GetBytes(script.Name);
        bin.Children[name] = new PackedNode(
            name, Root.Attributes with { Kind = EntryKind.File, Permissions = script.Permissions, Modified = _time, Changed = _time }, bin)
        {
            Content = new RewrittenContent(script.Content),
        };
    }

    private PackedNode Directory(SourceDirectory source)
    {
        if (_directories.TryGetValue(source, out var known))
        {
            return known;
        }

        var parent = Directory(source.Parent!);
        var node = new PackedNode(source.Name, source.Attributes, parent) { Source = source.Attributes.Node };
        parent.Children.Add(source.Name, node);
        _directories.Add(source, node);
        return node;
    }

    /// <summary>
    /// Turns a symlink to an absolute path in the environment into a relative one, which works at any prefix; null for any other symlink.
    /// </summary>
    private RewrittenContent? Relative(SourceFile link)
    {
        var target = _files.ReadLink(link.Path);
        if (Array.Find(_prefixes, known => target.AsSpan().StartsWith(known)) is not { } prefix)
        {
            return null;
        }

        var up = Enumerable.Repeat("../"u8.ToArray(), link.Path.Count(letter => letter == '/')).SelectMany(step => step);
        return new RewrittenContent([.. up, .. target.AsSpan(prefix.Length)]);
    }
}
