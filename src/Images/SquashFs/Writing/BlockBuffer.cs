using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Native room for one block.</summary>
internal sealed unsafe class BlockBuffer(int size) : IDisposable
{
    private byte* _memory = (byte*)NativeMemory.Alloc((nuint)size);

    public Span<byte> Span => new(_memory, size);

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
