namespace CondaFuse.Platform;

/// <summary>A name or path as C wants it: NUL-terminated, on the stack of the caller.</summary>
internal static unsafe class CName
{
    /// <summary>Copies bytes and a NUL to <paramref name="room"/>, which holds one byte more than them.</summary>
    internal static byte* Terminate(ReadOnlySpan<byte> bytes, byte* room)
    {
        bytes.CopyTo(new Span<byte>(room, bytes.Length));
        room[bytes.Length] = 0;
        return room;
    }
}
