using CondaFuse.Compression;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>How an image is written.</summary>
public sealed record PackOptions
{
    /// <summary>Threads that read, compress and write; the number of cores is a good one.</summary>
    public required int Threads { get; init; }

    /// <summary>The codec.</summary>
    public ICodec Compressor { get; init; } = Codecs.Zstd;

    /// <summary>The codec's level; null for its default.</summary>
    public int? Level { get; init; }

    /// <summary>Bytes in a data block: a power of two from 4096 to 1048576.</summary>
    public int BlockSize { get; init; } = 128 << 10;

    /// <summary>Directory of the image that the source's root becomes: names with <c>/</c> between; null for the image's root.</summary>
    public string? ArcRoot { get; init; }

    /// <summary>When the image is said to be made; null for the newest modification in the source.</summary>
    public Timestamp? ModificationTime { get; init; }

    /// <summary>What the history says of this image.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether times are kept to the nanosecond and beyond 1970 to 2106, in a table of our own.</summary>
    public bool ExactTimes { get; init; } = true;

    /// <summary>
    /// Whether that table also keeps when attributes changed. Of a directory of the disk that is when somebody copied it
    /// there, and makes two images of the same tree differ; of an image it is worth keeping.
    /// </summary>
    public bool ChangeTimes { get; init; }

    /// <summary>
    /// What the image goes on from when an archive is written anew: its identity is kept, and its generation is the next one. Null for a new archive.
    /// </summary>
    public GenerationInfo? Continues { get; init; }

    /// <summary>Owner and permissions of the image's file where it is written into a folder; null for those of any new file.</summary>
    public EntryRights? Rights { get; init; }

    /// <summary>Whether extended attributes are kept.</summary>
    public bool Xattrs { get; init; } = true;

    /// <summary>Writes as another image is written: its codec and its size of blocks.</summary>
    public static PackOptions Like(ImageSummary image, int threads) => new()
    {
        Threads = threads, Compressor = Codecs.Find(image.Compressor) ?? Codecs.Zstd, BlockSize = image.BlockSize,
    };
}
