using CondaFuse.Changes.Union;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Rebasing;

/// <summary>
/// The content of a layer, and of those files of its former base that the new base does not have unchanged. Those get offsets after the layer's own.
/// It owns nothing.
/// </summary>
internal sealed class LayerContent(IChangeStore layer, INumberedTree former) : IChangeStore
{
    /// <summary>Longer than any data file.</summary>
    private const long FirstOffset = 1L << 60;

    private readonly Dictionary<ulong, long> _starts = [];
    private readonly List<(long Start, ulong Inode)> _files = [];
    private long _next = FirstOffset;

    public ulong NextInode => 0;

    public FreeSpace FreeSpace => layer.FreeSpace;

    /// <summary>Maps a run of the former base's content to a run of written content.</summary>
    public Extent Hold(in Extent extent)
    {
        if (!_starts.TryGetValue(extent.Source, out var start))
        {
            _starts[extent.Source] = start = _next;
            _files.Add((start, extent.Source));
            _next += ChangePlanner.MaxFileSize;
        }

        return extent with { Source = Extent.Data, Start = start + extent.Start };
    }

    public void ReadData(long offset, Span<byte> destination)
    {
        if (offset < FirstOffset)
        {
            layer.ReadData(offset, destination);
            return;
        }

        var (start, inode) = _files[(int)((offset - FirstOffset) / ChangePlanner.MaxFileSize)];
        if (!former.TryFindInode(inode, out var node) || former.Read(node, offset - start, destination) < destination.Length)
        {
            throw new TreeException(TreeFailure.Corrupt, $"Inode {inode} of the former generation holds less than its length.");
        }
    }

    public void Replay(IChangeSink sink)
    {
    }

    public IChangeLog BeginWriting(ulong nextInode) => throw new TreeException(TreeFailure.ReadOnly, "A former layer cannot be changed.");

    public void Sync()
    {
    }

    public void Dispose()
    {
    }
}
