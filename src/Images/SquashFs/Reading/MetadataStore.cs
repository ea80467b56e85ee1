using System.Runtime.InteropServices;
using CondaFuse.Compression;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Metadata blocks by their position in the image, decompressed and cached.</summary>
internal sealed class MetadataStore(ImageFile file, WorkbenchPool benches, int cachedBlocks) : IDisposable
{
    private static readonly BlockCache.Loader<(MetadataStore Store, long Position)> LoadBlock = Load;

    private readonly BlockCache _cache = new(SquashFsFormat.MetadataSize, cachedBlocks);

    /// <summary>The block that starts at a position; <see cref="BlockLease.Next"/> is where the next one starts.</summary>
    public BlockLease Get(in TableRange table, long position)
    {
        if (!table.CanHoldBlockAt(position))
        {
            throw new ImageException(
                ImageFault.MetadataPlace,
                $"{file.Path}: a reference leads to {position}, out of the {table.Name} table ({table.Start} to {table.End}).");
        }

        return _cache.Get(position, (this, position), LoadBlock);
    }

    /// <summary>The start of the block after the one at a position, without decompressing either.</summary>
    public long Next(in TableRange table, long position)
    {
        if (_cache.TryGetLoaded(position, out var lease))
        {
            using (lease)
            {
                return lease.Next;
            }
        }

        if (!table.CanHoldBlockAt(position))
        {
            throw new ImageException(ImageFault.MetadataPlace, $"{file.Path}: the {table.Name} table ends before {position}.");
        }

        return position + sizeof(ushort) + StoredLength(file, position, out _);
    }

    /// <inheritdoc cref="BlockCache.Trim"/>
    public void Trim() => _cache.Trim();

    public void Dispose() => _cache.Dispose();

    private static int Load((MetadataStore Store, long Position) context, Span<byte> memory, out long next) =>
        context.Store.Load(context.Position, memory, out next);

    private int Load(long position, Span<byte> memory, out long next)
    {
        var stored = StoredLength(file, position, out var compressed);
        next = position + sizeof(ushort) + stored;
        if (!compressed)
        {
            file.Read(position + sizeof(ushort), memory[..stored]);
            return stored;
        }

        var bench = benches.Rent();
        try
        {
            var packed = bench.Room(stored);
            file.Read(position + sizeof(ushort), packed);
            return bench.Decompressor.TryDecompress(packed, memory, out var length) && length > 0
                ? length
                : throw file.Damage(ImageFault.MetadataContent, $"the metadata block at {position} ({stored} bytes) cannot be decompressed.");
        }
        finally
        {
            benches.Return(bench);
        }
    }

    private static int StoredLength(ImageFile file, long position, out bool compressed)
    {
        var header = file.Read<ushort>(position);
        compressed = (header & SquashFsFormat.MetadataUncompressed) == 0;
        var stored = header & ~SquashFsFormat.MetadataUncompressed;
        return stored is > 0 and <= SquashFsFormat.MetadataSize
            ? stored
            : throw file.Damage(ImageFault.MetadataLength, $"the metadata block at {position} claims {stored} bytes.");
    }
}

/// <summary>A decompressor with a buffer for one compressed block; used by one thread at a time.</summary>
internal sealed unsafe class Workbench(IBlockDecompressor decompressor, int blockSize) : IDisposable
{
    private byte* _room = (byte*)NativeMemory.Alloc((nuint)blockSize);

    public IBlockDecompressor Decompressor { get; } = decompressor;

    /// <summary>The buffer for the stored form of a block.</summary>
    public Span<byte> Room(int length) => new Span<byte>(_room, blockSize)[..length];

    public void Dispose()
    {
        Decompressor.Dispose();
        NativeMemory.Free(_room);
        _room = null;
    }
}
