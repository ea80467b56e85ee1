using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CondaFuse.Fuse.Requests;

/// <summary>A cursor over a request's body. What it does not hold it does not give: the answer is false.</summary>
public ref struct BodyReader
{
    private ReadOnlySpan<byte> rest;

    internal BodyReader(ReadOnlySpan<byte> body) => rest = body;

    /// <summary>Takes a structure.</summary>
    public bool TryRead<T>(out T value)
        where T : unmanaged
    {
        if (!MemoryMarshal.TryRead(rest, out value))
        {
            return false;
        }

        rest = rest[Unsafe.SizeOf<T>()..];
        return true;
    }

    /// <summary>What was not taken yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => rest;

    /// <summary>Takes a name, which the wire ends with a NUL.</summary>
    public bool TryReadName(out ReadOnlySpan<byte> name)
    {
        var length = rest.IndexOf((byte)0);
        name = length < 0 ? default : rest[..length];
        rest = length < 0 ? rest : rest[(length + 1)..];
        return length >= 0;
    }
}
