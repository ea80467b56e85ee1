using System.Runtime.InteropServices;
using CondaFuse.Compression;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>A decompressor and room for one compressed block, for one thread at a time.</summary>
internal sealed unsafe class Workbench(IBlockDecompressor decompressor, int blockSize) : IDisposable
{
    private byte* _room = (byte*)NativeMemory.Alloc((nuint)blockSize);

    public IBlockDecompressor Decompressor { get; } = decompressor;

    /// <summary>Room for the stored form of a block.</summary>
    public Span<byte> Room(int length) => new Span<byte>(_room, blockSize)[..length];

    public void Dispose()
    {
        Decompressor.Dispose();
        NativeMemory.Free(_room);
        _room = null;
    }
}
