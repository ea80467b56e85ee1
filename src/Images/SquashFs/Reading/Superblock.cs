using System.Numerics;
using CondaFuse.Compression;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// A checked superblock: no field needs another check. Tables are in the order inodes, directories, fragments, export, ids, xattrs, each inside the
/// image, as the kernel requires too.
/// </summary>
internal sealed class Superblock
{
    private readonly RawSuperblock _raw;

    private Superblock(in RawSuperblock raw)
    {
        _raw = raw;
        DirectoryTable = new TableRange("directory", (long)raw.DirectoryTable, DirectoryEnd(raw));
        InodeTable = new TableRange("inode", (long)raw.InodeTable, (long)raw.DirectoryTable);
    }

    public ref readonly RawSuperblock Raw => ref _raw;

    /// <summary>The compressor's name for messages.</summary>
    public string CompressorName => Enum.GetName((CompressorId)_raw.Compressor)?.ToLowerInvariant() ?? $"unknown ({_raw.Compressor})";

    public int BlockSize => (int)_raw.BlockSize;

    public int BlockLog => _raw.BlockLog;

    public long BytesUsed => (long)_raw.BytesUsed;

    public TableRange InodeTable { get; }

    public TableRange DirectoryTable { get; }

    /// <summary>Reads and checks the superblock at the start of an image.</summary>
    /// <exception cref="ImageException">A field is invalid.</exception>
    public static Superblock Read(ImageFile file)
    {
        if (file.Length < System.Runtime.CompilerServices.Unsafe.SizeOf<RawSuperblock>())
        {
            throw new ImageException(ImageFault.NotAnImage, $"{file.Path}: {file.Length} bytes are too short for a SquashFS image or a zip archive.");
        }

        return Check(file.Read<RawSuperblock>(0), file.Length, file.Path);
    }

    /// <summary>Checks a superblock for a file of this length.</summary>
    public static Superblock Check(in RawSuperblock raw, long fileLength, string path)
    {
        Demand(raw.Magic == SquashFsFormat.Magic, ImageFault.NotAnImage, path, "neither a SquashFS image nor a zip archive");
        Demand(
            raw is { MajorVersion: SquashFsFormat.MajorVersion, MinorVersion: SquashFsFormat.MinorVersion },
            ImageFault.Version, path, $"SquashFS version {raw.MajorVersion}.{raw.MinorVersion}; only 4.0 is read");
        Demand(
            raw.BlockSize is >= SquashFsFormat.MinBlockSize and <= SquashFsFormat.MaxBlockSize && BitOperations.IsPow2(raw.BlockSize)
            && raw.BlockLog == BitOperations.Log2(raw.BlockSize),
            ImageFault.BlockSize, path, $"block size {raw.BlockSize} (2^{raw.BlockLog})");
        Demand(raw.InodeCount > 0, ImageFault.InodeCount, path, "no inodes");
        Demand(raw.IdCount > 0, ImageFault.IdCount, path, "no owners");
        Demand(
            raw.BytesUsed <= (ulong)fileLength, ImageFault.BytesUsed, path,
            $"the image has {raw.BytesUsed} bytes, its file only {fileLength}: it was cut off");
        CheckPlaces(raw, path);
        return new Superblock(raw);
    }

    /// <summary>The codec of the image.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.Compressor"/>: it is not supported.</exception>
    public ICodec RequireCodec(string path) =>
        CodecOf(_raw.Compressor) ?? throw new ImageException(ImageFault.Compressor, $"{path}: {Unread(_raw.Compressor)}.");

    /// <summary>Why <see cref="RequireCodec"/> fails; null if it does not.</summary>
    public string? Unreadable => CodecOf(_raw.Compressor) is null ? Unread(_raw.Compressor) : null;

    private static void CheckPlaces(in RawSuperblock raw, string path)
    {
        var end = raw.BytesUsed;
        CheckTable("xattr", raw.XattrTable, 16, ref end, path);
        Demand(raw.IdTable != SquashFsFormat.NoTable, ImageFault.TablePlace, path, "no id table");
        CheckTable("id", raw.IdTable, ListLength(raw.IdCount, sizeof(uint)), ref end, path);
        CheckTable("export", raw.ExportTable, ListLength(raw.InodeCount, sizeof(ulong)), ref end, path);
        CheckTable("fragment", raw.FragmentTable, ListLength(raw.FragmentCount, 16), ref end, path);
        CheckTable("directory", raw.DirectoryTable, 0, ref end, path);
        Demand(
            raw.DirectoryTable != SquashFsFormat.NoTable && raw.InodeTable < raw.DirectoryTable && raw.InodeTable >= 96,
            ImageFault.TablePlace, path, $"the inode table starts at {raw.InodeTable}, the directory table at {raw.DirectoryTable}");
        Demand(
            raw.FragmentCount == 0 || raw.FragmentTable != SquashFsFormat.NoTable, ImageFault.TablePlace, path, "fragments, but no table of them");
    }

    private static void CheckTable(string name, ulong start, long minimum, ref ulong end, string path)
    {
        if (start == SquashFsFormat.NoTable)
        {
            return;
        }

        Demand(
            start <= end && (ulong)minimum <= end - start, ImageFault.TablePlace, path,
            $"the {name} table starts at {start} and needs {minimum} bytes, what follows it starts at {end}");
        end = start;
    }

    /// <summary>Length of the list of the metadata blocks for a number of entries.</summary>
    private static long ListLength(uint entries, int entrySize) =>
        ((entries * (long)entrySize) + SquashFsFormat.MetadataSize - 1) / SquashFsFormat.MetadataSize * sizeof(ulong);

    /// <summary>The start of the table after the directories, or else the end of the image.</summary>
    private static long DirectoryEnd(in RawSuperblock raw)
    {
        var end = raw.BytesUsed;
        foreach (var start in (ReadOnlySpan<ulong>)[raw.FragmentTable, raw.ExportTable, raw.IdTable, raw.XattrTable])
        {
            end = start != SquashFsFormat.NoTable ? Math.Min(end, start) : end;
        }

        return (long)end;
    }

    private static ICodec? CodecOf(ushort compressor) => (CompressorId)compressor switch
    {
        CompressorId.Gzip => Codecs.Gzip,
        CompressorId.Xz when Codecs.Xz.Refusal is null => Codecs.Xz,
        CompressorId.Lz4 => Codecs.Lz4,
        CompressorId.Zstd => Codecs.Zstd,
        _ => null,
    };

    private static string Unread(ushort compressor) => (CompressorId)compressor switch
    {
        CompressorId.Xz when Codecs.Xz.Refusal is { } refusal => refusal,
        CompressorId.Lzo => "the image is compressed with lzo, which is not read here; the kernel or unsquashfs read it",
        CompressorId.Lzma => "the image is compressed with lzma, which is not read here; unsquashfs reads it",
        _ => $"compressor number {compressor} is unknown",
    };

    private static void Demand(bool condition, ImageFault fault, string path, string message)
    {
        if (!condition)
        {
            throw new ImageException(fault, $"{path}: {message}.");
        }
    }
}
