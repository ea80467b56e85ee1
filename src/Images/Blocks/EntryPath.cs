using System.Text;

namespace CondaFuse.Images.Blocks;

/// <summary>
/// Where an entry lies, by its directory and its name: as text only when somebody reads it, since the paths of a tree of many levels are much longer
/// than the tree.
/// </summary>
/// <param name="directory">Its directory; null for the root.</param>
/// <param name="name">Its name there; empty for the root.</param>
internal sealed class EntryPath(EntryPath? directory, byte[] name)
{
    /// <summary>The root.</summary>
    public static EntryPath Root { get; } = new(directory: null, []);

    private EntryPath? Directory => directory;

    private byte[] Name => name;

    /// <summary>Names with slashes between; empty for the root.</summary>
    public override string ToString()
    {
        var names = new List<string>();
        for (var at = this; at.Directory is { } above; at = above)
        {
            names.Add(Encoding.UTF8.GetString(at.Name));
        }

        names.Reverse();
        return string.Join('/', names);
    }
}
