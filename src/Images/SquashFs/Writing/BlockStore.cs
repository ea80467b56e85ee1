using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Puts blocks into the image, one after the other. Not for several threads at once.</summary>
internal sealed class BlockStore(OutputFile output, BufferPool buffers)
{
    private readonly List<StoredBlock> _blocks = [];
    private readonly List<StoredBlock> _fragments = [];

    /// <summary>All blocks in their order.</summary>
    public IReadOnlyList<StoredBlock> Blocks => _blocks;

    /// <summary>Fragment blocks by their index.</summary>
    public IReadOnlyList<StoredBlock> Fragments => _fragments;

    /// <summary>Length of the image so far.</summary>
    public long Length => output.Position;

    public void Append(OutputItem item)
    {
        if (item.CopyOf >= 0)
        {
            AppendCopy(_blocks[item.CopyOf]);
            return;
        }

        var bytes = item.PackedLength > 0 ? item.Packed!.Span[..item.PackedLength] : item.Source!.Span[..item.Length];
        var size = (uint)bytes.Length | (item.PackedLength > 0 ? 0 : SquashFsFormat.DataUncompressed);
        var block = new StoredBlock(output.Position, size, Crc32C.Of(bytes));
        output.Append(bytes);
        _blocks.Add(block);
        if (item.Fragment is { } index)
        {
            CollectionsMarshal.SetCount(_fragments, Math.Max(_fragments.Count, (int)index + 1));
            _fragments[(int)index] = block;
        }

        buffers.Return(item.Source);
        buffers.Return(item.Packed);
    }

    private void AppendCopy(in StoredBlock original)
    {
        var buffer = buffers.Rent();
        var bytes = buffer.Span[..(int)(original.Size & ~SquashFsFormat.DataUncompressed)];
        output.Read(original.Start, bytes);
        _blocks.Add(original with { Start = output.Position });
        output.Append(bytes);
        buffers.Return(buffer);
    }
}
