using System.Text;
using CondaFuse.Images;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Archives;

/// <summary>Writes a tree as a tar archive: each directory before its contents, names in byte order.</summary>
internal sealed class TarArchive
{
    private readonly IReadableTree _tree;
    private readonly CompressedOutput _output;
    private readonly TarHeaderWriter _headers;
    private readonly PackingProgress _meter;
    private readonly List<string> _warnings = [];
    private readonly Dictionary<ulong, byte[]> _linked = [];

    private TarArchive(IReadableTree tree, CompressedOutput output, PackingProgress meter)
    {
        (_tree, _output, _meter) = (tree, output, meter);
        _headers = new TarHeaderWriter(output);
    }

    /// <summary>Writes a tree.</summary>
    public static PackedArchive Write(
        IReadableTree tree, string target, ArchiveSettings settings, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        using var file = new ArchiveFile(target);
        var meter = new PackingProgress(tree.Totals, progress, () => file.Length);
        var compression = MemberCompression.Of(settings.Format, settings.Level);
        using var output = new CompressedOutput(file, compression, settings.Threads, meter.Report, cancellation);
        var archive = new TarArchive(tree, output, meter);
        archive.WriteRoot(settings.ArcRoot, cancellation);
        output.Finish();
        cancellation.ThrowIfCancellationRequested();
        file.Publish();
        return new PackedArchive(file.Length, meter.Bytes, meter.Entries, archive._warnings);
    }

    private void WriteRoot(string arcRoot, CancellationToken cancellation)
    {
        var root = _tree.GetAttributes(NodeId.Root);
        var path = new List<byte>();
        foreach (var part in arcRoot.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path.AddRange(Encoding.UTF8.GetBytes(part));
            path.Add((byte)'/');
            WriteEntry(TarEntryType.Directory, [.. path], [], 0, root);
        }

        var pending = new Stack<(byte[] Path, NodeId Node)>([([.. path], NodeId.Root)]);
        while (pending.TryPop(out var directory))
        {
            cancellation.ThrowIfCancellationRequested();
            WriteDirectory(directory.Path, directory.Node, pending, cancellation);
        }

        _headers.WriteEnd();
    }

    private void WriteDirectory(byte[] path, NodeId node, Stack<(byte[] Path, NodeId Node)> pending, CancellationToken cancellation)
    {
        if (node != NodeId.Root)
        {
            WriteEntry(TarEntryType.Directory, path, [], 0, _tree.GetAttributes(node));
        }

        var directories = new Stack<(byte[] Path, NodeId Node)>();
        foreach (var (name, child) in EntryCollector.SortedOf(_tree, node))
        {
            var attributes = _tree.GetAttributes(child);
            if (attributes.Kind == EntryKind.Directory)
            {
                directories.Push(([.. path, .. name, (byte)'/'], child));
            }
            else
            {
                WriteLeaf([.. path, .. name], attributes, cancellation);
            }
        }

        foreach (var directory in directories)
        {
            pending.Push(directory);
        }
    }

    private void WriteLeaf(byte[] path, in Attributes attributes, CancellationToken cancellation)
    {
        if (attributes.LinkCount > 1 && !_linked.TryAdd(attributes.Inode, path))
        {
            _headers.Write(new TarEntry(TarEntryType.HardLink, path, _linked[attributes.Inode], 0, attributes));
            return;
        }

        switch (attributes.Kind)
        {
            case EntryKind.File:
                WriteEntry(TarEntryType.File, path, [], attributes.Size, attributes);
                WriteContent(path, attributes, cancellation);
                break;
            case EntryKind.Symlink:
                Span<byte> target = stackalloc byte[4096];
                WriteEntry(TarEntryType.Symlink, path, target[.._tree.ReadLink(attributes.Node, target)].ToArray(), 0, attributes);
                break;
            case EntryKind.BlockDevice:
                WriteEntry(TarEntryType.BlockDevice, path, [], 0, attributes);
                break;
            case EntryKind.CharacterDevice:
                WriteEntry(TarEntryType.CharacterDevice, path, [], 0, attributes);
                break;
            case EntryKind.Fifo:
                WriteEntry(TarEntryType.Fifo, path, [], 0, attributes);
                break;
            default:
                _warnings.Add($"{Encoding.UTF8.GetString(path)}: left out, because a tar archive cannot hold a socket.");
                break;
        }
    }

    private void WriteEntry(TarEntryType type, byte[] path, byte[] target, long size, in Attributes attributes)
    {
        _headers.Write(new TarEntry(type, path, target, size, attributes));
        _meter.Count();
    }

    private void WriteContent(byte[] path, in Attributes attributes, CancellationToken cancellation)
    {
        var isCode = false;
        for (long offset = 0; offset < attributes.Size;)
        {
            cancellation.ThrowIfCancellationRequested();
            var room = _output.Room;
            var read = _tree.Read(attributes.Node, offset, room[..(int)Math.Min(room.Length, attributes.Size - offset)]);
            if (read == 0)
            {
                throw new TreeException(TreeFailure.Storage, $"{Encoding.UTF8.GetString(path)}: became shorter while it was packed");
            }

            isCode = offset == 0 ? ElfFile.IsForX86(room[..read]) : isCode;
            offset += read;
            _output.Advance(read, isCode);
            _meter.Add(read);
        }

        _headers.Pad(attributes.Size);
    }
}

/// <summary>An entry of a tar archive.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Path">Its path; a directory's ends with <c>/</c>.</param>
/// <param name="LinkTarget">A link's target; otherwise empty.</param>
/// <param name="Size">Length of the content after the header.</param>
/// <param name="Attributes">Its other attributes.</param>
internal readonly record struct TarEntry(TarEntryType Type, byte[] Path, byte[] LinkTarget, long Size, Attributes Attributes);

/// <summary>The kind of a tar entry: <c>typeflag</c>.</summary>
internal enum TarEntryType : byte
{
    File = (byte)'0',
    HardLink = (byte)'1',
    Symlink = (byte)'2',
    CharacterDevice = (byte)'3',
    BlockDevice = (byte)'4',
    Directory = (byte)'5',
    Fifo = (byte)'6',

    /// <summary>Attributes of the next entry that do not fit into its header.</summary>
    Extended = (byte)'x',
}
