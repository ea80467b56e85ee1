using CondaFuse.Compression;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Reads uncompressed content. Sequential reads from beginning to end also check the checksum.</summary>
/// <param name="file">The archive.</param>
internal sealed class StoredReader(ImageFile file)
{
    private const int MaxFollowed = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, (long Position, uint Crc)> _followed = [];

    /// <summary>Fills the destination, which must not extend beyond the end of the content.</summary>
    public void Read(int number, in ZipStoredContent content, long offset, Span<byte> destination)
    {
        file.Read(content.Position + offset, destination);
        if (offset == 0 && destination.Length == content.Size)
        {
            Check(content, Crc32.Append(0, destination));
            return;
        }

        (long Position, uint Crc) reader;
        lock (_gate)
        {
            if (offset != 0 && (!_followed.TryGetValue(number, out reader) || reader.Position != offset))
            {
                return;
            }

            reader = offset == 0 ? default : _followed[number];
        }

        reader = (offset + destination.Length, Crc32.Append(reader.Crc, destination));
        lock (_gate)
        {
            if (reader.Position == content.Size)
            {
                _followed.Remove(number);
            }
            else if (_followed.ContainsKey(number) || _followed.Count < MaxFollowed)
            {
                _followed[number] = reader;
            }
            else
            {
                _followed.Clear();
            }
        }

        if (reader.Position == content.Size)
        {
            Check(content, reader.Crc);
        }
    }

    private void Check(in ZipStoredContent content, uint crc)
    {
        if (crc != content.Crc)
        {
            throw file.Damage(ImageFault.Checksum, $"the content at {content.Position} does not match its checksum.");
        }
    }
}
