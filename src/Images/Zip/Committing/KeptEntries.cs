using System.Runtime.InteropServices;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Images.Zip.Writing;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Committing;

/// <summary>
/// The entries of an archive that a commit keeps unchanged, including their local headers. The kernel copies adjacent ones in one piece. For an
/// entry whose names, attributes and content are unchanged, only the central directory is written again.
/// </summary>
internal sealed class KeptEntries
{
    private readonly ZipTree _archive;
    private readonly long[] _headers;
    private readonly List<PlannedEntry> _kept = [];

    /// <summary>Finds the entries to keep.</summary>
    /// <param name="tree">The changed tree.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="plan">The plan of the new archive; kept entries are marked, with their position in the old archive.</param>
    public KeptEntries(ILayeredTree tree, ZipTree archive, WritingPlan plan)
    {
        _archive = archive;
        var candidates = Candidates(tree, archive, plan);
        var headers = new List<long>(archive.Table.InodeCount);
        var cursor = new CentralCursor(archive.File, archive.End);
        while (cursor.TryNext(out var record))
        {
            if (!RecordReader.TryRead(record, archive.End.Prefix, isOurs: false, out var inode, out _))
            {
                throw new ImageException(ImageFault.CentralDirectory, $"{archive.File.Path}: another process changed it.");
            }

            headers.Add(inode.LocalHeader);
            if (candidates.Remove(inode.LocalHeader, out var entry) && record.Name.SequenceEqual(entry.Name))
            {
                (entry.IsKept, entry.Header) = (true, inode.LocalHeader);
                (entry.Method, entry.MethodFlags, entry.Crc, entry.StoredBytes) = (inode.Method, inode.Flags, inode.Crc, inode.StoredBytes);
                _kept.Add(entry);
            }
        }

        headers.Sort();
        _headers = [.. headers];
        _kept.Sort((left, right) => left.Header.CompareTo(right.Header));
    }

    /// <summary>Copies them, after the bytes before the first entry, which may for example make the archive executable.</summary>
    /// <param name="output">The new archive, still empty.</param>
    /// <param name="source">The archive's file.</param>
    /// <param name="cancellation">Cancels.</param>
    public void CopyTo(NewFile output, IStorageFile source, CancellationToken cancellation)
    {
        var limit = _archive.End.Directory - (_archive.Record?.Bytes ?? 0);
        var (from, to) = (0L, _headers.Length > 0 ? _headers[0] : limit);
        var header = 0;
        foreach (var entry in _kept)
        {
            header += _headers.AsSpan(header).IndexOf(entry.Header);
            if (entry.Header != to)
            {
                Copy(output, source, from, to);
                cancellation.ThrowIfCancellationRequested();
                from = entry.Header;
            }

            to = header + 1 < _headers.Length ? _headers[header + 1] : EndOf(entry, limit);
            entry.Header = output.Position + entry.Header - from;
        }

        Copy(output, source, from, to);
    }

    private static void Copy(NewFile output, IStorageFile source, long from, long to)
    {
        if (to > from)
        {
            output.AppendFrom(source, from, to - from);
        }
    }

    /// <summary>The end of the last entry: anything may follow it.</summary>
    private long EndOf(PlannedEntry entry, long limit) =>
        (entry.MethodFlags & ZipFormat.DescriptorFlag) != 0
            ? limit
            : _archive.Entries.LocateStored(_archive.Table.FindNumber(entry.Number)) + entry.StoredBytes;

    /// <summary>Unchanged entries, by the position of their local header. Each name of a hard-linked entry has its own header.</summary>
    private static Dictionary<long, PlannedEntry> Candidates(ILayeredTree tree, ZipTree archive, WritingPlan plan)
    {
        var found = new Dictionary<long, PlannedEntry>(plan.Entries.Count);
        var repeated = plan.Entries.Select(entry => entry.First).ToHashSet();
        foreach (var entry in CollectionsMarshal.AsSpan(plan.Entries))
        {
            if (entry.First is null
                && !repeated.Contains(entry)
                && archive.Table.FindNumber(entry.Number) is > 0 and var number
                && tree.IsUnchanged(entry.Attributes.Node))
            {
                ref readonly var inode = ref archive.Table.Inode(number);
                if (inode.IsRecorded && (inode.Kind == EntryKind.Directory || inode.Links == 1))
                {
                    found.TryAdd(inode.LocalHeader, entry);
                }
            }
        }

        return found;
    }
}

/// <summary>Finds content of changed files that the archive still has.</summary>
/// <param name="tree">The changed tree.</param>
/// <param name="archive">The archive.</param>
internal sealed class ArchiveContents(ILayeredTree tree, ZipTree archive) : IKnownZipContent
{
    public StoredPiece? Find(in Attributes file)
    {
        var content = tree.GetContent(file.Node);
        if (content is not [{ Origin: ContentOrigin.Base, Offset: 0, BaseOffset: 0 } piece]
            || archive.Table.FindNumber(piece.BaseInode) is not (> 0 and var number))
        {
            return null;
        }

        ref readonly var inode = ref archive.Table.Inode(number);
        if (inode.Size != piece.Length || inode.Size != file.Size)
        {
            return null;
        }

        return (inode.Flags & ZipFormat.EncryptedFlag) == 0
            ? new StoredPiece(number, inode.StoredBytes, inode.Crc, inode.Method, (ushort)(inode.Flags & ZipFormat.MethodFlags))
            : throw new ImageException(
                ImageFault.Encrypted,
                $"{archive.File.Path}: the entry at {inode.LocalHeader} is encrypted and cannot be rewritten; remove it, or decrypt the "
                    + $"archive with the tool that wrote it.");
    }

    public long Locate(in StoredPiece content) => archive.Entries.LocateStored(content.Entry);

    public void Read(long position, Span<byte> destination) => archive.File.Read(position, destination);

    /// <summary>Whether a file's content is that of an entry of the archive.</summary>
    public bool IsOf(NodeId file, ulong number) =>
        tree.GetContent(file) is [] or [{ Origin: ContentOrigin.Base, BaseOffset: 0 } _]
            && tree.GetContent(file).All(piece => piece.BaseInode == number);
}
