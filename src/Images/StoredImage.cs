using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images;

/// <summary>
/// Which bytes of an image's file belong to which generation. A commit appends, so everything before the end of a generation stays as it is, except
/// the first <see cref="HeadBytes"/> bytes: they are the superblock of the current generation.
/// </summary>
public sealed record StoredImage
{
    /// <summary>Length of the superblock.</summary>
    public const int HeadBytes = 96;

    /// <summary>The superblock's bytes.</summary>
    public required ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>The archive and its current generation.</summary>
    public required GenerationInfo Version { get; init; }

    /// <summary>The generations in the file, the newest first; at least one.</summary>
    public required IReadOnlyList<GenerationEntry> History { get; init; }

    /// <summary>
    /// For each generation, the oldest first, where its bytes end: strictly increasing, the last one at the image's end. They include the zeros that
    /// pad each of them.
    /// </summary>
    public required IReadOnlyList<long> Ends { get; init; }

    /// <summary>Where the tables of the current generation start.</summary>
    public required long TablesStart { get; init; }

    /// <summary>The list of first uses that the image carries (<see cref="FirstUseList"/>); empty without one.</summary>
    public required ReadOnlyMemory<byte> FirstUses { get; init; }

    /// <summary>The image's length: its end with padding.</summary>
    public long Length => Ends[^1];

    /// <summary>Reads it with a few reads for each generation. A commit that happens meanwhile does not matter.</summary>
    /// <param name="file">The open file, which stays open.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <returns>Null for a zip archive.</returns>
    /// <exception cref="ImageException">It is not an image, or its history is damaged.</exception>
    public static StoredImage? Read(IStorageFile file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var image = new ImageFile(file, path);
        if (ImageFormat.IsZip(image))
        {
            return null;
        }

        var generations = Generation.All(image).ToList();
        var (superblock, record) = generations[0];
        return new StoredImage
        {
            Head = MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in superblock.Raw)).ToArray(),
            Version = GenerationInfo.Of(record, superblock),
            History = [.. generations.Select(ImageHistory.EntryOf)],
            Ends = EndsOf(generations, image),
            TablesStart = superblock.InodeTable.Start,
            FirstUses = FirstUsesOf(file, path, generations[0]),
        };
    }

    private static byte[] FirstUsesOf(IStorageFile file, string path, Generation generation)
    {
        if (generation.Record is not { Tail.FirstUses: > 0 })
        {
            return [];
        }

        using var image = OpenImage.Open(new ImageFile(file, path), _ => generation, compare: false);
        return StoredFirstUses.TryRead(image, generation.Record) ?? [];
    }

    private static List<long> EndsOf(IEnumerable<Generation> newestFirst, ImageFile image)
    {
        var ends = new List<long>();
        foreach (var generation in newestFirst.Reverse())
        {
            var end = Math.Min(Padded(generation.Superblock.BytesUsed), image.Length);
            if (end <= (ends.Count > 0 ? ends[^1] : HeadBytes))
            {
                throw new ImageException(ImageFault.Record, $"{image.Path}: generation {generation.Number} ends before the one that precedes it.");
            }

            ends.Add(end);
        }

        return ends;
    }

    private static long Padded(long bytes) => (bytes + SquashFsFormat.Padding - 1) / SquashFsFormat.Padding * SquashFsFormat.Padding;
}
