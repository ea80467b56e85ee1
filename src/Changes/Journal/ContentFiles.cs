using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>
/// The data files of the active segments, as one range of offsets: each file's bytes follow those of the previous file. Several threads may read
/// while the owner adds and removes files.
/// </summary>
internal sealed class ContentFiles : IDisposable
{
    private volatile (long Start, IStorageFile File)[] _files = [];

    public void Add(long start, IStorageFile file) => _files = [.. _files, (start, file)];

    /// <summary>Closes the files whose offsets are below <paramref name="start"/>.</summary>
    public void RemoveBelow(long start)
    {
        var old = _files;
        _files = [.. old.Where(entry => entry.Start >= start)];
        foreach (var (_, file) in old.Where(entry => entry.Start < start))
        {
            file.Dispose();
        }
    }

    /// <summary>Reads content until the destination is full.</summary>
    /// <exception cref="TreeException">The storage failed, or the content is missing.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        var files = _files;
        for (var index = files.Length - 1; index >= 0; index--)
        {
            var (start, file) = files[index];
            if (offset >= start)
            {
                Read(file, offset - start, destination);
                return;
            }
        }

        throw Missing(offset, destination.Length);
    }

    public void Dispose() => RemoveBelow(long.MaxValue);

    private static void Read(IStorageFile file, long offset, Span<byte> destination)
    {
        try
        {
            if (file.ReadAt(offset, destination) < destination.Length)
            {
                throw Missing(offset, destination.Length);
            }
        }
        catch (PlatformException e)
        {
            throw StorageFailure.Of(e);
        }
    }

    private static TreeException Missing(long offset, int length) =>
        new(TreeFailure.Corrupt, $"The {length} bytes of changed content at {offset} are not there any more.");
}

/// <summary>Compares content with the checksums in its records.</summary>
internal sealed class ContentCheck(IStorageFile data)
{
    private const int Step = 1 << 20;
    private readonly long _length = data.Length;

    /// <summary>Whether the content of a <see cref="ChangeKind.Write"/> is complete and correct.</summary>
    public bool IsWhole(in Change change, long dataStart) =>
        change.DataOffset - dataStart + change.Length <= _length && Of(data, change.DataOffset - dataStart, change.Length) == change.DataChecksum;

    /// <summary>The checksum of a part of a file, which must exist.</summary>
    public static uint Of(IStorageFile file, long offset, long length)
    {
        var buffer = new byte[Math.Min(Step, length)];
        var checksum = 0u;
        while (length > 0)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length));
            var read = file.ReadAt(offset, part);
            checksum = Crc32C.Continue(checksum, part[..read]);
            (offset, length) = (offset + read, read < part.Length ? 0 : length - read);
        }

        return checksum;
    }
}
