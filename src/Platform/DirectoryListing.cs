using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Lists a directory by getdents64(2): names as bytes, without <c>.</c> and <c>..</c>.</summary>
/// <param name="directory">A handle used only by the listing, because it has a position. Disposed with the listing.</param>
public sealed unsafe class DirectoryListing(SafeFileHandle directory) : IDisposable
{
    private const int Room = 64 << 10;

    /// <summary>Fixed part of <c>struct linux_dirent64</c>: d_ino, d_off, d_reclen, d_type.</summary>
    private const int Fixed = 19;

    private readonly byte* _buffer = (byte*)NativeMemory.Alloc(Room);
    private int _length;
    private int _next;
    private int _name;

    /// <summary>The current name; valid until the next step.</summary>
    public ReadOnlySpan<byte> Name => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_buffer + _name);

    /// <summary>The type of the current entry, if the file system reports it here.</summary>
    public EntryType Type { get; private set; }

    /// <summary>Where to continue after the current entry.</summary>
    public long Cookie { get; private set; }

    /// <summary>Continues after an entry.</summary>
    public void Seek(long cookie)
    {
        Libc.Check(Libc.lseek((int)directory.DangerousGetHandle(), cookie, 0) < 0 ? -1 : 0, "lseek");
        _length = _next = 0;
    }

    /// <summary>Goes to the next name; false at the end.</summary>
    /// <exception cref="PlatformException">getdents64(2) failed.</exception>
    public bool MoveNext()
    {
        do
        {
            if (_next == _length && !Fill())
            {
                return false;
            }

            var entry = new ReadOnlySpan<byte>(_buffer + _next, _length - _next);
            Cookie = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
            Type = (EntryType)entry[18];
            _name = _next + Fixed;
            _next += BinaryPrimitives.ReadUInt16LittleEndian(entry[16..]);
        }
        while (Name.SequenceEqual("."u8) || Name.SequenceEqual(".."u8));

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        directory.Dispose();
        NativeMemory.Free(_buffer);
    }

    private bool Fill()
    {
        var length = (int)Libc.getdents64((int)directory.DangerousGetHandle(), _buffer, Room);
        Libc.Check(length, "getdents64");
        (_length, _next) = (length, 0);
        return length > 0;
    }
}

/// <summary>The type of a directory entry (<c>S_IFMT</c> shifted right by 12, which is also <c>d_type</c>).</summary>
public enum EntryType : byte
{
#pragma warning disable CS1591 // stat(2)
    Unknown = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    File = 8,
    Symlink = 10,
    Socket = 12,
#pragma warning restore CS1591
}
