using CondaFuse.Images.SquashFs.Compacting;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Platform;

namespace CondaFuse.Images;

/// <summary>
/// Compares stored data with its checksums before it is written to another place or in another form, so that known damage does not get a valid
/// checksum.
/// </summary>
public static class ContentVerification
{
    /// <summary>
    /// Checks every block that the newest generation needs. A zip archive needs no check, because all its entries are checked while they are read.
    /// </summary>
    /// <param name="path">The image.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="ImageException">A block does not match.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static void Demand(string path, int threads, CancellationToken cancellation)
    {
        if (ImageFormat.IsZip(path))
        {
            return;
        }

        using var file = new ImageFile(path);
        var blocks = new KeptBlocks(Generation.Current(file).Superblock.BlockSize);
        using var image = SquashFs.Committing.BaseImage.Read(new ImageFile(path), threads);
        blocks.Add(image);
        var known = new SquashFs.Committing.ChecksumHistory(image.Image, image.Record)
            .DistinctBy(block => block.Start)
            .ToDictionary(block => block.Start);
        var room = new byte[image.Image.Superblock.BlockSize];
        foreach (var (start, size) in blocks.InOrder)
        {
            cancellation.ThrowIfCancellationRequested();
            if (known.TryGetValue(start, out var block) && block.Size == size.Value)
            {
                var bytes = room.AsSpan(0, size.Stored);
                file.Read(start, bytes);
                Demand(Crc32C.Of(bytes) == block.Checksum, path, start);
            }
        }
    }

    /// <summary>Throws if a block does not match.</summary>
    internal static void Demand(bool matches, string path, long start)
    {
        if (!matches)
        {
            throw new ImageException(
                ImageFault.Checksum,
                $"{path}: the block at {start} does not match its checksum; nothing was changed");
        }
    }
}
