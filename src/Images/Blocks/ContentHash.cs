using System.Numerics;
using System.Runtime.InteropServices;

namespace CondaFuse.Images.Blocks;

/// <summary>
/// A tree of NH hashes (Black, Halevi, Krawczyk, Krovetz, Rogaway: UMAC, 1999; 64-bit words as in VMAC). Each kilobyte gets two hashes with
/// different keys; their results are hashed again until 32 bytes are left. Two given contents collide for one key in 2^120. With a secret key,
/// collisions cannot be prepared.
/// </summary>
/// <param name="seed">The seed of the key.</param>
internal sealed class ContentHash(ulong seed)
{
    private const int ChunkWords = 128;
    private const int ChunkBytes = ChunkWords * sizeof(ulong);

    /// <summary>Size of the two hashes of a chunk in bytes.</summary>
    private const int ResultBytes = 32;

    /// <summary>Words are processed in pairs.</summary>
    private const int PairBytes = 2 * sizeof(ulong);

    /// <summary>1 MiB, 32 KiB, 1 KiB.</summary>
    private const int Levels = 3;

    /// <summary>The key of the second hash starts two words later (Toeplitz).</summary>
    private const int LevelWords = ChunkWords + 2;

    private readonly ulong[] _key = Expand(seed);

    /// <summary>A hash with a secret random key.</summary>
    public static ContentHash Secret()
    {
        var random = MemoryMarshal.Cast<byte, ulong>(Guid.NewGuid().ToByteArray().AsSpan());
        return new ContentHash(random[0] ^ BitOperations.RotateLeft(random[1], 32));
    }

    /// <summary>The digest of at most 1 MiB.</summary>
    public ContentDigest Of(ReadOnlySpan<byte> content)
    {
        var length = content.Length;
        Span<byte> results = stackalloc byte[Math.Max(1, (length + ChunkBytes - 1) / ChunkBytes) * ResultBytes];
        var level = 0;
        HashLevel(content, results, level);
        while (results.Length > ResultBytes)
        {
            var chunks = (results.Length + ChunkBytes - 1) / ChunkBytes;
            HashLevel(results, results[..(chunks * ResultBytes)], ++level);
            results = results[..(chunks * ResultBytes)];
        }

        var parts = MemoryMarshal.Cast<byte, ulong>(results);
        return new ContentDigest(length, parts[0], parts[1], parts[2], parts[3]);
    }

    /// <summary>Hashes chunk by chunk. Results are shorter than their chunks and written after the chunk was read, so the two may overlap.</summary>
    private void HashLevel(ReadOnlySpan<byte> content, Span<byte> results, int level)
    {
        var key = _key.AsSpan(level * LevelWords, LevelWords);
        Span<ulong> padded = stackalloc ulong[ChunkWords];
        var written = 0;
        do
        {
            var chunk = content[..Math.Min(content.Length, ChunkBytes)];
            content = content[chunk.Length..];
            if (chunk.Length % PairBytes == 0)
            {
                HashChunk(MemoryMarshal.Cast<byte, ulong>(chunk), key, results.Slice(written, ResultBytes));
            }
            else
            {
                padded.Clear();
                chunk.CopyTo(MemoryMarshal.AsBytes(padded));
                HashChunk(padded[..((chunk.Length + PairBytes - 1) / PairBytes * 2)], key, results.Slice(written, ResultBytes));
            }

            written += ResultBytes;
        }
        while (!content.IsEmpty);
    }

    private static void HashChunk(ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> key, Span<byte> result)
    {
        ulong lowA = 0, highA = 0, lowB = 0, highB = 0;
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            var first = words[i];
            var second = words[i + 1];
            var high = Math.BigMul(first + key[i], second + key[i + 1], out var low);
            lowA += low;
            highA += high + (lowA < low ? 1ul : 0);
            high = Math.BigMul(first + key[i + 2], second + key[i + 3], out low);
            lowB += low;
            highB += high + (lowB < low ? 1ul : 0);
        }

        var halves = MemoryMarshal.Cast<byte, ulong>(result);
        (halves[0], halves[1], halves[2], halves[3]) = (lowA, highA, lowB, highB);
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood, 2014).</summary>
    private static ulong[] Expand(ulong state)
    {
        var key = new ulong[Levels * LevelWords];
        foreach (ref var word in key.AsSpan())
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            word = mixed ^ (mixed >> 31);
        }

        return key;
    }
}

/// <summary>
/// Identifies content of a certain length: equal for equal content, and different for different content except in one case in 2^120.
/// </summary>
/// <remarks>Laid out without padding: there is one for each block and each short file.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal readonly record struct ContentDigest(int Length, ulong First, ulong Second, ulong Third, ulong Fourth)
{
    /// <summary>The parts are uniformly distributed, so any bits are good.</summary>
    public override int GetHashCode() => (int)First ^ (int)Fourth;
}

/// <summary>Digests in the order in which they were added, with lookup.</summary>
internal sealed class DigestTable
{
    private readonly ChunkedList<ContentDigest> _digests = new();
    private readonly IndexTable _places;

    public DigestTable() => _places = new IndexTable(place => _digests[place].GetHashCode());

    public int Count => _digests.Count;

    public ContentDigest this[int place] => _digests[place];

    /// <summary>The index of an equal digest; -1 if there is none.</summary>
    public int Find(in ContentDigest digest)
    {
        foreach (var place in _places.Find(digest.GetHashCode()))
        {
            if (_digests[place] == digest)
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>Adds a digest that is not in the table.</summary>
    /// <returns>Its index.</returns>
    public int Add(in ContentDigest digest)
    {
        var place = AddUnfound(digest);
        _places.Add(digest.GetHashCode(), place);
        return place;
    }

    /// <summary>Adds a digest at the next index without making it findable.</summary>
    /// <returns>Its index.</returns>
    public int AddUnfound(in ContentDigest digest)
    {
        _digests.Add(digest);
        return _digests.Count - 1;
    }
}

/// <summary>Identities of archives and segments, stored as pairs of 64-bit numbers.</summary>
internal static class Identities
{
    /// <summary>Combines two halves to an identity.</summary>
    public static Guid Of(ulong low, ulong high) => MemoryMarshal.Cast<ulong, Guid>([low, high])[0];

    /// <summary>The halves of an identity.</summary>
    public static (ulong Low, ulong High) Halves(Guid identity)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in identity));
        return (halves[0], halves[1]);
    }
}
