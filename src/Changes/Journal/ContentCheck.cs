using CondaFuse.Platform;

namespace CondaFuse.Changes.Journal;

/// <summary>Compares content with what its records say.</summary>
internal sealed class ContentCheck(IStorageFile data)
{
    private const int Step = 1 << 20;
    private readonly long _length = data.Length;

    /// <summary>Whether the content of a <see cref="ChangeKind.Write"/> is there as it was written.</summary>
    public bool IsWhole(in Change change, long dataStart) =>
        change.DataOffset - dataStart + change.Length <= _length && Of(data, change.DataOffset - dataStart, change.Length) == change.DataChecksum;

    /// <summary>The checksum of a part of a file that is there.</summary>
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
