using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>A file or directory that stays open until this is disposed, even if its handle is closed meanwhile.</summary>
public readonly struct HandleLease : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Takes a lease.</summary>
    public HandleLease(SafeFileHandle handle)
    {
        var taken = false;
        handle.DangerousAddRef(ref taken);
        _handle = handle;
    }

    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Reads a file at an offset until the destination is full or the file ends.</summary>
    /// <returns>Bytes read.</returns>
    /// <exception cref="PlatformException">pread(2) failed.</exception>
    public int Read(long offset, Span<byte> destination) => FileContent.Read(_handle, offset, destination);

    /// <inheritdoc/>
    public void Dispose() => _handle.DangerousRelease();
}
