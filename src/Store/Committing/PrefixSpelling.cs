using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Packing;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>
/// Replaces other paths of an environment's prefix in its changes, such as that of a symlink through which conda installed packages. Each file is
/// replaced as a whole, like a program that writes a new file and renames it: processes that use the former one keep it.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="tree">The tree.</param>
internal sealed class PrefixSpelling(Layout layout, ChangedTree tree)
{
    private const int PieceBytes = 1 << 20;
    private const int LongestTarget = 4095;
    private const string TemporaryPrefix = ".condafuse-";

    /// <summary>Replaces them. If another process holds the write lock, nothing happens: the commit that follows reports that.</summary>
    /// <param name="prefix">The environment's prefix where it is, or will be, mounted.</param>
    /// <param name="top">The environment's directory in the tree; empty if that is the root.</param>
    /// <param name="replaced">Receives each name whose entry was replaced, and the former entry.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>Number of replaced entries.</returns>
    /// <exception cref="TreeException">The tree cannot be read, or the storage failed.</exception>
    public int Run(string prefix, string top, Action<ReplacedName> replaced, CancellationToken cancellation)
    {
        if (!tree.HasChanges || new EnvironmentLinks(layout).PathsTo(prefix) is not { Count: > 0 } others)
        {
            return 0;
        }

        var table = PrefixDiscovery.FindSpellings(tree, top, others, tree.ChangedInodes, cancellation);

        // Not disposed of: it would dispose of the tree.
        var view = new RelocatedTree(tree, table, PrefixDiscovery.Mark(tree, top) ?? prefix);
        var count = 0;
        var directories = new HashSet<NodeId>();
        try
        {
            foreach (var (directory, name) in Names(view, table, top))
            {
                cancellation.ThrowIfCancellationRequested();
                if (directories.Add(directory))
                {
                    RemoveTemporaries(directory);
                }

                if (TryReplace(view, directory, name) is { } former)
                {
                    replaced(new ReplacedName(directory, name, former));
                    count++;
                }
            }
        }
        catch (TreeException failure) when (failure.Failure == TreeFailure.ReadOnly)
        {
            return 0;
        }

        return count;
    }

    /// <summary>The directory and name of each entry that the view shows differently.</summary>
    /// <remarks>conda's records first: their digests are computed from the files before these are replaced.</remarks>
    private IEnumerable<(NodeId Directory, byte[] Name)> Names(RelocatedTree view, PrefixTable table, string top)
    {
        var different = view.Differences.Select(difference => difference.Inode).ToHashSet();
        if (Directory($"{top}/conda-meta") is { } metadata)
        {
            var records = table.Digests.Select(record => record.Inode).Where(different.Contains).ToHashSet();
            foreach (var record in EntryCollector.Of(tree, metadata).Where(entry => records.Contains(entry.Inode)))
            {
                yield return (metadata, record.Name);
            }
        }

        foreach (var entry in table.Entries.Where(entry => different.Contains(entry.Inode)))
        {
            if (Directory($"{top}/{Path.GetDirectoryName(entry.Path)}") is { } directory)
            {
                yield return (directory, Encoding.UTF8.GetBytes(Path.GetFileName(entry.Path)));
            }
        }
    }

    private NodeId? Directory(string path)
    {
        var node = NodeId.Root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!tree.TryLookup(node, Encoding.UTF8.GetBytes(part), out var found) || found.Kind != EntryKind.Directory)
            {
                return null;
            }

            node = found.Node;
        }

        return node;
    }

    /// <summary>Removes the names that a killed commit left between linking and renaming.</summary>
    private void RemoveTemporaries(NodeId directory)
    {
        foreach (var entry in EntryCollector.Of(tree, directory).Where(entry => IsTemporary(Encoding.UTF8.GetString(entry.Name))))
        {
            tree.Unlink(directory, entry.Name);
        }
    }

    private static bool IsTemporary(string name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && Guid.TryParseExact(name.AsSpan(TemporaryPrefix.Length), "N", out _);

    /// <returns>The former entry; null if it has several names, or was changed meanwhile: a later commit replaces it.</returns>
    private NodeId? TryReplace(RelocatedTree view, NodeId directory, byte[] name)
    {
        if (!tree.TryLookup(directory, name, out var before) || before.LinkCount != 1)
        {
            return null;
        }

        var temporary = Encoding.ASCII.GetBytes($"{TemporaryPrefix}{Guid.NewGuid():N}");
        var entry = new NewEntry(before.Kind, before.Permissions, before.UserId, before.GroupId);
        var file = before.Kind == EntryKind.File ? CopyOf(view, before, directory, entry) : (NodeId?)null;
        var target = new byte[LongestTarget];
        var isReplaced = false;
        tree.Exclusively(() =>
        {
            if (!tree.TryLookup(directory, name, out var now) || now != before)
            {
                return;
            }

            if (file is { } copy)
            {
                tree.Link(copy, directory, temporary);
            }
            else
            {
                var link = tree.CreateSymlink(directory, temporary, target.AsSpan(0, view.ReadLink(before.Node, target)), entry);
                tree.SetAttributes(link.Node, new AttributeChanges { Modified = before.Modified });
            }

            tree.Rename(directory, temporary, directory, name, RenameMode.Replace);
            isReplaced = true;
        });
        if (!isReplaced && file is { } unused)
        {
            tree.Forget(unused);
        }

        return isReplaced ? before.Node : null;
    }

    /// <summary>A file without a name, with the content that the view shows, and the attributes of the original.</summary>
    private NodeId CopyOf(RelocatedTree view, Attributes original, NodeId directory, in NewEntry entry)
    {
        var copy = tree.CreateUnnamed(directory, entry).Node;
        var length = view.GetAttributes(original.Node).Size;
        var piece = new byte[(int)Math.Min(PieceBytes, Math.Max(length, 1))];
        for (var offset = 0L; offset < length; offset += piece.Length)
        {
            var part = piece.AsSpan(0, (int)Math.Min(piece.Length, length - offset));
            if (view.Read(original.Node, offset, part) != part.Length)
            {
                throw new TreeException(TreeFailure.Corrupt, "A file is shorter than its length.");
            }

            tree.Write(copy, offset, part, clearSetId: false);
        }

        ((IReadableTree)tree).VisitXattrs(original.Node, (name, value) => tree.SetXattr(copy, name, value, XattrMode.Any));
        tree.SetAttributes(
            copy, new AttributeChanges { Permissions = original.Permissions, GroupId = original.GroupId, Modified = original.Modified });
        return copy;
    }
}

/// <summary>A name whose entry the owner of a tree replaced, rather than a program.</summary>
/// <param name="Directory">Its directory.</param>
/// <param name="Name">The name.</param>
/// <param name="Former">The entry that it had; it has no name any more.</param>
public readonly record struct ReplacedName(NodeId Directory, ReadOnlyMemory<byte> Name, NodeId Former);
