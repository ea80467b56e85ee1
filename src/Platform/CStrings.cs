using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>A NULL-terminated array of C strings, as <c>argv</c> and <c>environ</c> are.</summary>
internal sealed unsafe class CStrings : IDisposable
{
    private readonly byte** pointers;
    private readonly int count;

    internal CStrings(IReadOnlyCollection<string> values)
    {
        count = values.Count;
        pointers = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
        var index = 0;
        foreach (var value in values)
        {
            pointers[index++] = Copy(value);
        }
    }

    internal byte** Pointer => pointers;

    public void Dispose()
    {
        for (var index = 0; index < count; index++)
        {
            NativeMemory.Free(pointers[index]);
        }

        NativeMemory.Free(pointers);
    }

    private static byte* Copy(string value)
    {
        var bytes = NativeText.Encode(value);
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return copy;
    }
}
