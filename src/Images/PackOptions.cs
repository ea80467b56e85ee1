using CondaFuse.Compression;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Settings for writing an image.</summary>
public sealed record PackOptions
{
    /// <summary>Threads that read, compress and write; usually the number of cores.</summary>
    public required int Threads { get; init; }

    /// <summary>The codec.</summary>
    public ICodec Compressor { get; init; } = Codecs.Zstd;

    /// <summary>The codec's level; null for its default.</summary>
    public int? Level { get; init; }

    /// <summary>Size of a data block in bytes: a power of two from 4096 to 1048576.</summary>
    public int BlockSize { get; init; } = 128 << 10;

    /// <summary>The image's directory for the source's root: names separated by <c>/</c>; null for the image's root.</summary>
    public string? ArcRoot { get; init; }

    /// <summary>The recorded time of the image; null for the newest modification in the source.</summary>
    public Timestamp? ModificationTime { get; init; }

    /// <summary>The message for the history.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether to keep times with nanoseconds and beyond the range 1970 to 2106, in a private table.</summary>
    public bool ExactTimes { get; init; } = true;

    /// <summary>
    /// Whether that table also keeps the times of attribute changes. For a directory on disk, these are the times of copying it, and would make two
    /// images of the same tree differ; for an image, they are worth keeping.
    /// </summary>
    public bool ChangeTimes { get; init; }

    /// <summary>
    /// The generation that the image continues if an archive is rewritten: the identity is kept, and the generation is the next one. Null for a new
    /// archive.
    /// </summary>
    public GenerationInfo? Continues { get; init; }

    /// <summary>Owner and permissions of the image's file if it is written into a folder; null for those of any new file.</summary>
    public EntryRights? Rights { get; init; }

    /// <summary>Makes the image's prefix table; null for none.</summary>
    public PrefixTableMaker? PrefixTable { get; init; }

    /// <summary>
    /// The parts of the tree's files that are used first after a mount, in order. The content of these files is stored together and in this order,
    /// and so are the directories that contain them; the image keeps the list. A zip archive ignores it.
    /// </summary>
    public IReadOnlyList<UsedRange> FirstUses { get; init; } = [];

    /// <summary>Whether extended attributes are kept.</summary>
    public bool Xattrs { get; init; } = true;

    /// <summary>Settings that match another image: its codec and block size.</summary>
    public static PackOptions Like(ImageSummary image, int threads) => new()
    {
        Threads = threads, Compressor = Codecs.Find(image.Compressor) ?? Codecs.Zstd, BlockSize = image.BlockSize,
    };
}

/// <summary>
/// Makes the private table of the places where a tree contains its prefix. Images only store it. Called once, when the whole tree was read.
/// </summary>
/// <param name="numberOf">The inode number in the image of an entry with an inode number in the tree; 0 if it is not there.</param>
/// <param name="cancellation">Cancels.</param>
/// <returns>The table's bytes; null for none.</returns>
/// <exception cref="Tree.TreeException">The tree cannot be read.</exception>
public delegate byte[]? PrefixTableMaker(Func<ulong, ulong> numberOf, CancellationToken cancellation);
