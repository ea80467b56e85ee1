using CondaFuse.Platform;

namespace CondaFuse.Images.Tests;

/// <summary>A file in memory that counts reads.</summary>
internal sealed class CountedFile(byte[] content) : IStorageFile
{
    public long BytesRead { get; set; }

    public int Reads { get; set; }

    public long Length => content.Length;

    public int ReadAt(long offset, Span<byte> destination)
    {
        var piece = content.AsSpan((int)offset, (int)Math.Min(destination.Length, content.Length - offset));
        piece.CopyTo(destination);
        BytesRead += piece.Length;
        Reads++;
        return piece.Length;
    }

    public void WriteAt(long offset, ReadOnlySpan<byte> content) => throw new NotSupportedException();

    public void Truncate(long length) => throw new NotSupportedException();

    public void Sync() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
