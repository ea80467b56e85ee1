using System.Text;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Zip;
using CondaFuse.Packing;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>
/// The prefix table that an image carries of its generation, which costs no look at the content. It is untrusted: what is damaged, or of
/// another directory, counts as absent. An archive of another tool has none.
/// </summary>
internal static class StoredPrefixes
{
    /// <summary>Enough for a table's beginning with prefixes of usual length; one block of the image.</summary>
    private const int HeadBytes = 8192;

    /// <summary>Reads the table.</summary>
    /// <param name="tree">The image's tree.</param>
    /// <param name="top">The environment's directory in it; empty if it is the root.</param>
    /// <returns>Null if there is none of this environment.</returns>
    /// <exception cref="TreeException">The image cannot be read.</exception>
    public static PrefixTable? Read(IReadableTree tree, string top) =>
        Bytes(tree, int.MaxValue) is { } bytes && PrefixTableFormat.TryParse(bytes) is { } table && IsOf(tree, top, table) ? table : null;

    /// <summary>The prefixes in an environment, the environment's own first, read from the beginning of the table.</summary>
    /// <param name="tree">The image's tree.</param>
    /// <param name="top">The environment's directory in it; empty if it is the root.</param>
    /// <returns>Null if there is no table of this environment, or its beginning is too long.</returns>
    /// <exception cref="TreeException">The image cannot be read.</exception>
    public static IReadOnlyList<string>? Prefixes(IReadableTree tree, string top) =>
        Bytes(tree, HeadBytes) is { } bytes && PrefixTableFormat.TryParseHead(bytes) is { } table && IsOf(tree, top, table)
            ? [.. table.Prefixes.Select(prefix => Encoding.UTF8.GetString(prefix.Span))]
            : null;

    /// <summary>Whether a table is of the environment in a directory.</summary>
    public static bool IsOf(IReadableTree tree, string top, PrefixTable table) =>
        PrefixDiscovery.Metadata(tree, top) is { } metadata && metadata == (table.Metadata, table.HasMark);

    private static byte[]? Bytes(IReadableTree tree, int longest)
    {
        try
        {
            return tree switch
            {
                SquashFsTree image => image.ReadPrefixTable(longest),
                ZipTree archive => archive.ReadPrefixTable(longest),
                _ => null,
            };
        }
        catch (ImageException failure) when (failure.Failure == TreeFailure.Corrupt)
        {
            return null; // serving needs no table
        }
    }
}
