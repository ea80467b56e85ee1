namespace CondaFuse.Images.Zip.Wire;

/// <summary>A digest of a central directory, of what follows, and of where it lies. Any change of an archive changes it.</summary>
internal struct DirectoryDigest
{
    /// <summary>The parts that it is made of, but for the last.</summary>
    public const int PartBytes = 1 << 20;

    private readonly ContentHash _hash = new(seed: 0);
    private UInt128 _sum;

    /// <param name="start">Where the directory begins.</param>
    public DirectoryDigest(long start) => _sum = (ulong)start;

    public readonly Guid Value => Identities.Of((ulong)_sum, (ulong)(_sum >> 64));

    /// <summary>The digest of what lies from a position to the archive's end.</summary>
    public static Guid Of(long start, ReadOnlySpan<byte> bytes)
    {
        var digest = new DirectoryDigest(start);
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(PartBytes, bytes.Length)..])
        {
            digest.Add(bytes[..Math.Min(PartBytes, bytes.Length)]);
        }

        return digest.Value;
    }

    /// <summary>Goes on with the next part.</summary>
    public void Add(ReadOnlySpan<byte> part)
    {
        var digest = _hash.Of(part);
        _sum = (_sum * 0x9E3779B97F4A7C15) + digest.First + UInt128.RotateLeft(digest.Second, 64) + (UInt128)digest.Length;
    }
}
