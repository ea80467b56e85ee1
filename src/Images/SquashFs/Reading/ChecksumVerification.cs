using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Compares stored blocks with the checksum table.</summary>
internal static class ChecksumVerification
{
    private const uint PieceBytes = 1 << 20;

    /// <summary>Whether the bytes between two positions match a checksum.</summary>
    public static bool Matches(OpenImage image, ulong start, ulong end, uint checksum, CancellationToken cancellation = default)
    {
        if (start > end || end > (ulong)image.File.Length || end - start > int.MaxValue)
        {
            return false;
        }

        var room = new byte[(int)Math.Min(end - start, PieceBytes)];
        var found = 0u;
        for (var at = start; at < end;)
        {
            cancellation.ThrowIfCancellationRequested();
            var piece = room.AsSpan(0, (int)Math.Min(end - at, PieceBytes));
            image.File.Read((long)at, piece);
            found = Crc32C.Continue(found, piece);
            at += (uint)piece.Length;
        }

        return found == checksum;
    }

    /// <summary>Checks every block in the table.</summary>
    /// <param name="image">The image.</param>
    /// <param name="record">Its record, which has a checksum table.</param>
    /// <param name="damaged">Receives the positions of blocks that do not match.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>Number of blocks checked.</returns>
    /// <exception cref="ImageException">The table itself is damaged.</exception>
    public static long Run(OpenImage image, in RawRecord record, HashSet<long> damaged, CancellationToken cancellation)
    {
        var table = new LookupTable<RawBlockChecksum>(
            image.File, image.Metadata, "checksum", (long)record.ChecksumTable, image.File.Length, record.ChecksumCount);
        var room = new byte[image.Superblock.BlockSize];
        var position = (long)record.FirstBlock;
        for (var i = 0L; i < table.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var entry = table[i];
            var size = new BlockSize(entry.Size);
            if (!size.IsPossible(image.Superblock.BlockSize) || size.Stored == 0)
            {
                throw new ImageException(
                    ImageFault.BlockLength, $"{image.File.Path}: entry {i} of the checksum table claims the size 0x{size.Value:x8}.");
            }

            image.File.Read(position, room.AsSpan(0, size.Stored));
            if (Crc32C.Of(room.AsSpan(0, size.Stored)) != entry.Checksum)
            {
                damaged.Add(position);
            }

            position += size.Stored;
        }

        return table.Count;
    }
}
