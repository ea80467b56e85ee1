namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Data and fragment blocks by their position in the image, decompressed and cached.</summary>
/// <param name="file">The image.</param>
/// <param name="superblock">Its superblock.</param>
/// <param name="checksums">Checks each block that is read; null to check nothing.</param>
/// <param name="benches">Decompressors.</param>
/// <param name="cachedBlocks">Number of blocks to cache.</param>
internal sealed class DataStore(
    ImageFile file, Superblock superblock, BlockChecksums? checksums, WorkbenchPool benches, int cachedBlocks) : IDisposable
{
    private static readonly BlockCache.Loader<Wanted> LoadBlock = Load;

    private readonly BlockCache _cache = new(superblock.BlockSize, cachedBlocks);

    /// <summary>A block, through the cache.</summary>
    public BlockLease Get(long position, BlockSize size)
    {
        Check(position, size);
        return _cache.Get(position, new Wanted(this, position, size), LoadBlock);
    }

    /// <summary>Copies a part of a block. A whole block bypasses the cache: the reader of a whole block keeps the data itself.</summary>
    /// <param name="position">The block's position in the image.</param>
    /// <param name="size">Its stored size.</param>
    /// <param name="length">Length of its content according to the file.</param>
    /// <param name="offset">Start of the part.</param>
    /// <param name="destination">Receives the part.</param>
    public void Copy(long position, BlockSize size, int length, int offset, Span<byte> destination)
    {
        Check(position, size);
        if (!size.IsCompressed && checksums?.Cover(position) != true)
        {
            Demand(size.Stored == length, position, size.Stored, length);
            file.Read(position + offset, destination);
            return;
        }

        BlockLease lease;
        if (destination.Length < length)
        {
            lease = Get(position, size);
        }
        else if (!_cache.TryGetLoaded(position, out lease))
        {
            Demand(size.IsCompressed || size.Stored == length, position, size.Stored, length);
            var got = Read(position, size, destination);
            Demand(got == length, position, got, length);
            return;
        }

        using (lease)
        {
            Demand(lease.Content.Length == length, position, lease.Content.Length, length);
            lease.Content.Slice(offset, destination.Length).CopyTo(destination);
        }
    }

    /// <inheritdoc cref="BlockCache.Trim"/>
    public void Trim() => _cache.Trim();

    public void Dispose() => _cache.Dispose();

    private static int Load(Wanted wanted, Span<byte> memory, out long next)
    {
        next = 0;
        return wanted.Store.Read(wanted.Position, wanted.Size, memory);
    }

    /// <summary>Reads a block, checks its checksum, and decompresses it.</summary>
    /// <returns>Length of its content.</returns>
    private int Read(long position, BlockSize size, Span<byte> destination)
    {
        if (size.IsCompressed)
        {
            return Decompress(position, size, destination);
        }

        destination = destination[..size.Stored];
        file.Read(position, destination);
        checksums?.Demand(position, size, destination);
        return destination.Length;
    }

    private int Decompress(long position, BlockSize size, Span<byte> destination)
    {
        var bench = benches.Rent();
        try
        {
            var packed = bench.Room(size.Stored);
            file.Read(position, packed);
            checksums?.Demand(position, size, packed);
            return bench.Decompressor.TryDecompress(packed, destination, out var length)
                ? length
                : throw file.Damage(ImageFault.BlockContent, $"the data block at {position} ({size.Stored} bytes) cannot be decompressed.");
        }
        finally
        {
            benches.Return(bench);
        }
    }

    private void Check(long position, BlockSize size)
    {
        if (!size.IsPossible(superblock.BlockSize) || size.Stored == 0)
        {
            throw new ImageException(ImageFault.BlockLength, $"{file.Path}: the data block at {position} claims the size 0x{size.Value:x8}.");
        }

        if (position < 0 || position > superblock.BytesUsed - size.Stored)
        {
            throw new ImageException(ImageFault.BlockPlace, $"{file.Path}: a data block at {position} lies outside of the image.");
        }
    }

    private void Demand(bool condition, long position, int is_, int should)
    {
        if (!condition)
        {
            throw file.Damage(ImageFault.BlockContent, $"the data block at {position} holds {is_} bytes, not {should}.");
        }
    }

    private readonly record struct Wanted(DataStore Store, long Position, BlockSize Size);
}
