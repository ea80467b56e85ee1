using CondaFuse.Compression;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Reads every entry of an archive, and compares its content with its checksum.</summary>
/// <param name="tree">The archive.</param>
/// <param name="threads">Threads that read content.</param>
/// <param name="progress">Receives the number of bytes of content read.</param>
/// <param name="cancellation">Cancels.</param>
internal sealed class ZipVerification(ZipTree tree, int threads, IProgress<long>? progress, CancellationToken cancellation)
{
    private const int PieceBytes = 1 << 20;
    private const int LongestTarget = 4096;

    private readonly Lock _gate = new();
    private readonly List<VerifyFinding> _findings = [];
    private EntryCounts _counts;
    private long _bytes;
    private long _checked;

    public VerifyResult Run()
    {
        VerifyPrefixTable();
        var paths = Walk();
        foreach (var duplicate in tree.Table.Duplicates)
        {
            Add(
                ImageFault.DuplicateName,
                paths.GetValueOrDefault(tree.Table.Link(duplicate).Inode, EntryPath.Root),
                "The archive has this name more than once; the last one counts.");
        }

        Parallel.ForEach(
            paths,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            entry => Verify(entry.Key, entry.Value));
        return new VerifyResult(
            [.. _findings.OrderBy(finding => finding.Path, StringComparer.Ordinal).Take(Verifier.MaxFindings)], _counts, _bytes, _checked);
    }

    /// <summary>Every inode with one of its paths.</summary>
    private Dictionary<int, EntryPath> Walk()
    {
        var paths = new Dictionary<int, EntryPath>();
        var pending = new Stack<(int Number, EntryPath Path)>([(EntryTable.Root, EntryPath.Root)]);
        _counts = _counts.Plus(EntryKind.Directory);
        while (pending.TryPop(out var directory))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var name in tree.Table.NamesOf(tree.Table.Inode(directory.Number)))
            {
                var link = tree.Table.Link(name);
                var path = new EntryPath(directory.Path, tree.Table.NameOf(link).ToArray());
                if (!paths.TryAdd(link.Inode, path))
                {
                    continue;
                }

                var kind = tree.Table.Inode(link.Inode).Kind;
                _counts = _counts.Plus(kind);
                if (kind == EntryKind.Directory)
                {
                    pending.Push((link.Inode, path));
                }
            }
        }

        return paths;
    }

    private void VerifyPrefixTable()
    {
        try
        {
            tree.ReadPrefixTable();
        }
        catch (ImageException exception)
        {
            Add(exception.Fault, EntryPath.Root, exception.Message);
        }
    }

    private void Verify(int number, EntryPath path)
    {
        try
        {
            var attributes = tree.GetAttributes(new NodeId((ulong)number));
            switch (attributes.Kind)
            {
                case EntryKind.Symlink:
                    tree.ReadLink(attributes.Node, new byte[LongestTarget]);
                    break;
                case EntryKind.File:
                    VerifyContent(number, attributes);
                    break;
                default:
                    break;
            }
        }
        catch (ImageException exception)
        {
            Add(exception.Fault, path, exception.Message);
        }
    }

    private void VerifyContent(int number, in Attributes attributes)
    {
        var content = attributes.Size > 0 || tree.Table.Inode(number).IsLost ? tree.Entries.Locate(number) : default;
        var piece = new byte[Math.Clamp(attributes.Size, 1, PieceBytes)];
        var crc = 0u;
        for (long offset = 0; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = tree.Read(attributes.Node, offset, piece);
            if (read == 0)
            {
                break;
            }

            crc = Crc32.Append(crc, piece.AsSpan(0, read));
            offset += read;
            progress?.Report(Interlocked.Add(ref _bytes, read));
        }

        Interlocked.Increment(ref _checked);
        if (crc != tree.Table.Inode(number).Crc)
        {
            throw new ImageException(ImageFault.Checksum, $"The content at {content.Position} does not match its checksum.");
        }
    }

    private void Add(ImageFault fault, EntryPath path, string message)
    {
        lock (_gate)
        {
            if (_findings.Count < Verifier.MaxFindings)
            {
                _findings.Add(new VerifyFinding(fault, path == EntryPath.Root ? "" : $"/{path}", message));
            }
        }
    }
}
