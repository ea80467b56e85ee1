using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CondaFuse.Compression.Bzip2;

/// <summary>Letters, the one that was met last first. The first sixteen, which most are among, are one vector.</summary>
/// <param name="room">Memory of <see cref="Room"/> bytes.</param>
internal ref struct RecentLetters(Span<byte> room)
{
    /// <summary>Bytes of memory that are needed: the letters behind the first ones.</summary>
    public const int Room = 256 - Near;

    private const int Near = 16;

    /// <summary>For each place of the vector the order in which what is there comes first, and what was before it moves on by one.</summary>
    private static readonly Vector128<byte>[] Moves = [.. Enumerable.Range(0, Near).Select(MoveOf)];

    private readonly Span<byte> _far = room;
    private Vector128<byte> _near;

    /// <summary>The letter that was met last.</summary>
    public readonly byte First => _near.ToScalar();

    /// <summary>Puts a letter at a place, at the beginning.</summary>
    public void Put(int place, byte letter)
    {
        if (place < Near)
        {
            _near = _near.WithElement(place, letter);
        }
        else
        {
            _far[place - Near] = letter;
        }
    }

    /// <summary>Moves a letter, which must be there, to the front.</summary>
    /// <returns>Where it was.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Move(byte letter)
    {
        var found = Vector128.Equals(_near, Vector128.Create(letter)).ExtractMostSignificantBits();
        if (found == 0)
        {
            return MoveFar(letter);
        }

        var place = BitOperations.TrailingZeroCount(found);
        _near = Ordered(_near, Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Moves), place));
        return place;
    }

    private int MoveFar(byte letter)
    {
        var place = _far.IndexOf(letter);
        _far[..place].CopyTo(_far[1..]);
        _far[0] = _near.GetElement(Near - 1);
        _near = Ordered(_near, Moves[Near - 1]).WithElement(0, letter);
        return place + Near;
    }

    /// <summary>One instruction where the machine has it; the general method is a loop for an order that is no constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Ordered(Vector128<byte> letters, Vector128<byte> order) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(letters, order)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.VectorTableLookup(letters, order)
        : Vector128.Shuffle(letters, order);

    private static Vector128<byte> MoveOf(int place)
    {
        var order = Enumerable.Range(0, Near).Select(to => (byte)(to == 0 ? place : to <= place ? to - 1 : to));
        return Vector128.Create<byte>([.. order]);
    }
}
