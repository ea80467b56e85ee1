using System.Runtime.InteropServices;
using CondaFuse.Platform;

namespace CondaFuse.Images.Blocks;

/// <summary>
/// A file while it is written: a temporary one beside its target, which takes the target's name when it is whole and on its storage. Until then it is
/// removed when disposed, and the target is as it was. Small pieces are collected. Not for several threads at once.
/// </summary>
internal sealed class NewFile : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly IStorageFolder _folder;
    private readonly string _target;
    private readonly string _temporary;
    private readonly IStorageFile _file;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private long _written;
    private WriteBehind _behind;
    private int _held;
    private bool _published;

    /// <param name="folder">The target's folder.</param>
    /// <param name="target">The target's name in it: no symlink.</param>
    /// <param name="made">Is told the temporary file's name, before anything is in it.</param>
    /// <exception cref="Tree.TreeException">The folder takes no file.</exception>
    public NewFile(IStorageFolder folder, string target, Action<string>? made = null)
    {
        (_folder, _target, _temporary) = (folder, target, TemporaryName.Of(target));
        _file = Try(() => folder.Open(_temporary, StorageAccess.Create));
        try
        {
            made?.Invoke(_temporary);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the next bytes go.</summary>
    public long Position => _written + _held;

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferBytes - _held)
        {
            Flush();
        }

        if (bytes.Length >= BufferBytes)
        {
            WriteNext(bytes);
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_held));
        _held += bytes.Length;
    }

    /// <summary>Appends a raw struct.</summary>
    public void Append<T>(in T value)
        where T : unmanaged => Append(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Appends a part of another file.</summary>
    public void AppendFrom(IStorageFile source, long offset, long length)
    {
        Flush();
        Try(() =>
        {
            _file.CopyFrom(source, offset, _written, length);
            return 0;
        });
        _written += length;
        _behind.HasBegun(_written); // copying lets it
    }

    /// <summary>Writes over what was appended.</summary>
    public void WriteAt(long position, ReadOnlySpan<byte> bytes)
    {
        if (position >= _written)
        {
            bytes.CopyTo(_buffer.AsSpan((int)(position - _written)));
            return;
        }

        Flush();
        Write(position, bytes);
    }

    /// <summary>Reads back what was appended.</summary>
    public void Read(long position, Span<byte> destination)
    {
        Flush();
        while (!destination.IsEmpty)
        {
            int read;
            try
            {
                read = _file.ReadAt(position, destination);
            }
            catch (PlatformException exception)
            {
                throw StorageFailures.Of(exception, PathOf(_temporary));
            }

            if (read == 0)
            {
                throw new Tree.TreeException(Tree.TreeFailure.Storage, $"{PathOf(_temporary)}: someone else shortened the file while it was written.");
            }

            destination = destination[read..];
            position += read;
        }
    }

    /// <summary>Waits for the storage and gives the file the target's name, for good.</summary>
    public void Publish()
    {
        Flush();
        Try(() =>
        {
            _file.Sync();
            _folder.Rename(_temporary, _target);
            _published = true;
            _folder.Sync();
            return 0;
        });
    }

    public void Dispose()
    {
        _file.Dispose();
        if (_published)
        {
            return;
        }

        try
        {
            _folder.Remove(_temporary);
        }
        catch (PlatformException)
        {
            // What led here says more; doctor finds the leftover by its name.
        }
    }

    private void Flush()
    {
        if (_held > 0)
        {
            WriteNext(_buffer.AsSpan(0, _held));
            _held = 0;
        }
    }

    private void WriteNext(ReadOnlySpan<byte> bytes)
    {
        Write(_written, bytes);
        _written += bytes.Length;
        if (_behind.IsDue(_written, out var from))
        {
            _file.StartWriting(from, _written - from);
        }
    }

    private void Write(long position, ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.WriteAt(position, bytes);
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, PathOf(_target));
        }
    }

    private T Try<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, PathOf(_target));
        }
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, name);
}
