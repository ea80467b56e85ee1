using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Blocks;

/// <summary>The bytes of an image, read by position. Never reads beyond the length that the file had when it was opened.</summary>
internal sealed class ImageFile : IDisposable
{
    private readonly SafeFileHandle? _handle;
    private readonly IStorageFile? _file;
    private readonly FileState _opened;
    private readonly bool _isOwner;
    private readonly ReadMap _reads;
    private OverwriteGuard? _guard;

    /// <summary>Opens the image at a path: a file, or the description of an image in a registry.</summary>
    public ImageFile(string path)
    {
        var handle = PlainFile.OpenToRead(path);
        try
        {
            _file = RemoteFile.TryOpen(handle, path);
            (Path, _isOwner) = (path, true);
            if (_file is RemoteFile remote)
            {
                (Path, Length) = (remote.Image.Reference, remote.Length);
                handle.Dispose();
            }
            else
            {
                (_handle, _opened) = (handle, FileState.Of(handle));
                Length = _opened.Length;
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        _reads = new ReadMap(Length);
    }

    /// <summary>Reads a file that the caller opened; disposing this closes it.</summary>
    public ImageFile(SafeFileHandle handle, string path)
    {
        (_handle, Path) = (handle, path);
        _opened = FileState.Of(handle);
        Length = _opened.Length;
        _reads = new ReadMap(Length);
    }

    /// <summary>The same for a file of a storage.</summary>
    public ImageFile(IStorageFile file, string path) => (_file, Path, Length, _reads) = (file, path, file.Length, new ReadMap(file.Length));

    public string Path { get; }

    public long Length { get; }

    /// <summary>Which parts were read, in chunks of <see cref="ReadMap.ChunkBytes"/>.</summary>
    public IReadOnlyList<StoredRange> Reads => _reads.Ranges();

    /// <summary>
    /// From now on, each read checks that the file has not been replaced in place. A file opened by the caller through a storage is not checked.
    /// </summary>
    /// <param name="isSame">Whether a file still holds the same image; an <see cref="ImageException"/> means that it does not.</param>
    public void Guard(Func<ImageFile, bool> isSame) => _guard = _handle is null ? null : new OverwriteGuard(_handle, Path, _opened, isSame);

    /// <summary>Fills the destination from a position.</summary>
    /// <exception cref="ImageException">
    /// <see cref="ImageFault.Truncated"/>, <see cref="ImageFault.ReadFailed"/>, <see cref="ImageFault.Overwritten"/>.
    /// </exception>
    public void Read(long position, Span<byte> destination)
    {
        if (position < 0 || position > Length - destination.Length)
        {
            throw new ImageException(ImageFault.Truncated, $"{Path}: {destination.Length} bytes at {position} lie behind the end ({Length}).");
        }

        _reads.Add(position, destination.Length);
        try
        {
            var done = 0;
            for (var read = 1; done < destination.Length && read > 0; done += read)
            {
                read = _file?.ReadAt(position + done, destination[done..]) ?? RandomAccess.Read(_handle!, destination[done..], position + done);
            }

            _guard?.Demand();
            if (done < destination.Length)
            {
                throw new ImageException(ImageFault.Truncated, $"{Path}: the file became shorter than {position + destination.Length} bytes.");
            }
        }
        catch (IOException exception)
        {
            throw new ImageException(ImageFault.ReadFailed, $"{Path}: {exception.Message}", exception);
        }
    }

    /// <summary>Lets the kernel begin to read a part that will be needed: one request to slow storage instead of many small ones.</summary>
    public void ReadAhead(long position, long length)
    {
        if (_handle is not null)
        {
            PlainFile.ReadAhead(_handle, position, length);
        }
    }

    /// <summary>Reads a raw struct from a position.</summary>
    public T Read<T>(long position)
        where T : unmanaged
    {
        Unsafe.SkipInit(out T value);
        Read(position, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>The exception for invalid stored bytes: the given fault, or that the whole file was overwritten.</summary>
    /// <param name="fault">What is wrong with the bytes.</param>
    /// <param name="message">A description of the bytes; the file's path is prepended.</param>
    public ImageException Damage(ImageFault fault, string message)
    {
        try
        {
            _guard?.DemandNow();
            return new ImageException(fault, $"{Path}: {message}");
        }
        catch (ImageException overwritten)
        {
            return overwritten;
        }
        catch (IOException exception)
        {
            return new ImageException(ImageFault.ReadFailed, $"{Path}: {exception.Message}", exception);
        }
    }

    public void Dispose()
    {
        if (_isOwner)
        {
            _handle?.Dispose();
            _file?.Dispose();
        }
    }
}

/// <summary>
/// The path of an entry, by directory and name. It is converted to text only when needed, because the paths of a deep tree are much longer than the
/// tree.
/// </summary>
/// <param name="directory">Its directory; null for the root.</param>
/// <param name="name">Its name there; empty for the root.</param>
internal sealed class EntryPath(EntryPath? directory, byte[] name)
{
    /// <summary>The root.</summary>
    public static EntryPath Root { get; } = new(directory: null, []);

    private EntryPath? Directory => directory;

    private byte[] Name => name;

    /// <summary>Names separated by slashes; empty for the root.</summary>
    public override string ToString()
    {
        var names = new List<string>();
        for (var at = this; at.Directory is { } above; at = above)
        {
            names.Add(Encoding.UTF8.GetString(at.Name));
        }

        names.Reverse();
        return string.Join('/', names);
    }
}
