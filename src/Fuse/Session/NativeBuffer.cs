using System.Runtime.InteropServices;

namespace CondaFuse.Fuse.Session;

/// <summary>Memory outside the collected heap, at the end of whole pages so that what follows a head is page-aligned.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int PageSize = 4096;
    private readonly byte* start;
    private readonly int skipped;
    private readonly int length;

    /// <param name="head">Bytes before the page-aligned part.</param>
    /// <param name="body">Bytes of the page-aligned part.</param>
    internal NativeBuffer(int head, int body)
    {
        skipped = (PageSize - (head % PageSize)) % PageSize;
        length = head + body;
        start = (byte*)NativeMemory.AlignedAlloc((nuint)(skipped + length), PageSize);
    }

    internal Span<byte> Span => new(start + skipped, length);

    public void Dispose() => NativeMemory.AlignedFree(start);
}
