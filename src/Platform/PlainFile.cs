using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Opens files as the kernel does. The framework would take a shared <c>flock</c> along, which on network file systems gets in the way of other locks.</summary>
public static class PlainFile
{
    private const uint ReadableByAll = 0x1B6;

    /// <summary>Opens a file for reading and writing, made if need be; never through a symlink.</summary>
    /// <exception cref="PlatformException">open(2) failed.</exception>
    public static SafeFileHandle OpenOrCreate(string path) => Open(path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenNoFollow);

    /// <summary>Opens a new file for reading and writing.</summary>
    /// <exception cref="PlatformException">EEXIST if there is one.</exception>
    public static SafeFileHandle Create(string path)
    {
        const int exclusive = 0x80;
        return Open(path, Libc.OpenReadWrite | Libc.OpenCreate | exclusive);
    }

    /// <summary>Opens a file that is there for reading and writing; never through a symlink.</summary>
    /// <exception cref="PlatformException">open(2) failed.</exception>
    public static SafeFileHandle OpenToChange(string path) => Open(path, Libc.OpenReadWrite | Libc.OpenNoFollow);

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="PlatformException">open(2) failed.</exception>
    public static SafeFileHandle OpenToRead(string path) => Open(path, Libc.OpenReadOnly);

    /// <summary>The whole content of a small file.</summary>
    public static byte[] ReadAll(SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        return bytes[..RandomAccess.Read(file, bytes, 0)];
    }

    /// <summary>Makes this a file's whole content.</summary>
    public static void WriteAll(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, content, 0);
    }

    private static SafeFileHandle Open(string path, int flags) =>
        new(Libc.Check(Libc.open(path, flags | Libc.CloseOnExec, ReadableByAll), "open", path), ownsHandle: true);
}
