using System.Runtime.InteropServices;
using CondaFuse.Platform;

namespace CondaFuse.Images.Blocks;

/// <summary>A new file as a stream: small writes are buffered, and appended bytes can be read back and overwritten. Not thread-safe.</summary>
internal sealed class NewFile : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly ReplacementFile _replacement;
    private readonly IStorageFile _file;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private long _written;
    private WriteBehind _behind;
    private int _held;

    /// <param name="replacement">The file, still empty; disposed with this object.</param>
    public NewFile(ReplacementFile replacement) => (_replacement, _file) = (replacement, replacement.File);

    /// <summary>The offset of the next byte.</summary>
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
        _behind.HasBegun(_written); // copying starts writing by itself
    }

    /// <summary>Overwrites appended bytes.</summary>
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

    /// <summary>Reads appended bytes.</summary>
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
                throw StorageFailures.Of(exception, _replacement.Path);
            }

            if (read == 0)
            {
                throw new Tree.TreeException(Tree.TreeFailure.Storage, $"{_replacement.Path}: another process shortened the file while it "
                    + $"was written.");
            }

            destination = destination[read..];
            position += read;
        }
    }

    /// <summary>Waits for the storage, then renames the file to the target and syncs that too.</summary>
    public void Publish()
    {
        Flush();
        Try(() =>
        {
            _replacement.Publish();
            return 0;
        });
    }

    public void Dispose() => _replacement.Dispose();

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
            throw StorageFailures.Of(exception, _replacement.Path);
        }
    }

    private T Try<T>(Func<T> call) => StorageFailures.Try(call, _replacement.Path);
}
