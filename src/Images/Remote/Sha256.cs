using System.Buffers.Binary;
using System.Numerics;

namespace CondaFuse.Images.Remote;

/// <summary>SHA-256 (FIPS 180-4). The framework's needs OpenSSL, which would cost every server of a mount some megabytes.</summary>
public static class Sha256
{
    /// <summary>Length of a digest in bytes.</summary>
    public const int DigestBytes = 32;

    private const int BlockBytes = 64;
    private const int Rounds = 64;

    private static readonly uint[] Constants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>Whether content has a digest.</summary>
    public static bool Matches(ReadOnlySpan<byte> content, ReadOnlySpan<byte> digest)
    {
        Span<byte> own = stackalloc byte[DigestBytes];
        Hash(content, own);
        return own.SequenceEqual(digest);
    }

    /// <summary>Computes the digest of some content.</summary>
    public static void Hash(ReadOnlySpan<byte> content, Span<byte> digest)
    {
        Span<uint> state =
            [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
        Span<uint> schedule = stackalloc uint[Rounds];
        var rest = content;
        for (; rest.Length >= BlockBytes; rest = rest[BlockBytes..])
        {
            Add(state, rest[..BlockBytes], schedule);
        }

        // The rest, a one bit, zeros, and the length in bits.
        Span<byte> end = stackalloc byte[2 * BlockBytes];
        end.Clear();
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        end = rest.Length < BlockBytes - sizeof(ulong) ? end[..BlockBytes] : end;
        BinaryPrimitives.WriteUInt64BigEndian(end[^sizeof(ulong)..], (ulong)content.Length * 8);
        for (; !end.IsEmpty; end = end[BlockBytes..])
        {
            Add(state, end[..BlockBytes], schedule);
        }

        for (var word = 0; word < state.Length; word++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(word * sizeof(uint))..], state[word]);
        }
    }

    private static void Add(Span<uint> state, ReadOnlySpan<byte> block, Span<uint> w)
    {
        const int given = BlockBytes / sizeof(uint);
        for (var at = 0; at < given; at++)
        {
            w[at] = BinaryPrimitives.ReadUInt32BigEndian(block[(at * sizeof(uint))..]);
        }

        for (var at = given; at < Rounds; at++)
        {
            var (before, last) = (w[at - 15], w[at - 2]);
            w[at] = w[at - 16] + (BitOperations.RotateRight(before, 7) ^ BitOperations.RotateRight(before, 18) ^ (before >> 3))
                + w[at - 7] + (BitOperations.RotateRight(last, 17) ^ BitOperations.RotateRight(last, 19) ^ (last >> 10));
        }

        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        var constants = Constants.AsSpan(0, Rounds);
        for (var at = 0; at < Rounds; at++)
        {
            var first = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
                + ((e & f) ^ (~e & g)) + constants[at] + w[at];
            var second = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
                + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        (state[0], state[1], state[2], state[3]) = (state[0] + a, state[1] + b, state[2] + c, state[3] + d);
        (state[4], state[5], state[6], state[7]) = (state[4] + e, state[5] + f, state[6] + g, state[7] + h);
    }
}
