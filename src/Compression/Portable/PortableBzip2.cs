using ICSharpCode.SharpZipLib.BZip2;

namespace CondaFuse.Compression.Portable;

/// <summary>Compresses members to bzip2 streams with SharpZipLib.</summary>
internal sealed class PortableBzip2Compressor : IBlockCompressor
{
    private readonly int _level;

    /// <param name="level">1 to 9: the block size in units of 100 kB.</param>
    public PortableBzip2Compressor(int level) => _level = new LevelRange(1, 9, 9).Check(level);

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        using var output = new MemoryStream();
        using (var compressor = new BZip2OutputStream(output, _level) { IsStreamOwner = false })
        {
            compressor.Write(source);
        }

        return output.Length <= destination.Length && output.GetBuffer().AsSpan(0, (int)output.Length).TryCopyTo(destination)
            ? (int)output.Length
            : 0;
    }

    public void Dispose()
    {
    }
}

/// <summary>
/// bzip2 with SharpZipLib, which reads its input from a stream and cannot stop within a block. So it runs on a separate thread, in turn with the
/// caller of <see cref="Decode"/>, and waits at the end of its input or output buffer.
/// </summary>
internal sealed class PortableBzip2StreamDecoder : IStreamDecoder
{
    private const int StackBytes = 256 << 10;
    private readonly SemaphoreSlim _turn = new(0);
    private readonly SemaphoreSlim _answer = new(0);
    private Thread? _thread;
    private byte[] _input = [];
    private byte[] _output = [];
    private int _inputLength, _consumed, _outputLength, _written;
    private DecodeStatus _status = DecodeStatus.Going;
    private bool _ending;

    public DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_ending, this);
        Give(ref _input, source.Length);
        source.CopyTo(_input);
        Give(ref _output, destination.Length);
        (_inputLength, _consumed, _outputLength, _written) = (source.Length, 0, destination.Length, 0);
        if (_status == DecodeStatus.Going)
        {
            if (_thread is null)
            {
                _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "bzip2" };
                _thread.Start();
            }
            else
            {
                _turn.Release();
            }

            _answer.Wait();
        }

        _output.AsSpan(0, _written).CopyTo(destination);
        (consumed, written) = (_consumed, _written);
        return _status;
    }

    public IStreamDecoder? TryCopy() => null;

    public void Dispose()
    {
        if (!_ending)
        {
            _ending = true;
            _turn.Release();
            _thread?.Join();
            _turn.Dispose();
            _answer.Dispose();
        }
    }

    private static void Give(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new byte[length];
        }
    }

    private void Run()
    {
        try
        {
            using var decoder = new BZip2InputStream(new Input(this)) { IsStreamOwner = false };
            while (true)
            {
                var room = _outputLength - _written;
                if (room == 0)
                {
                    Yield();
                    continue;
                }

                var length = decoder.Read(_output, _written, room);
                if (length <= 0)
                {
                    _status = DecodeStatus.Ended;
                    break;
                }

                _written += length;
            }
        }
        catch (OperationCanceledException) when (_ending)
        {
            return;
        }
        catch (Exception failure) when (failure is BZip2Exception
            or IOException
            or IndexOutOfRangeException
            or ArgumentException
            or InvalidOperationException)
        {
            // The library checks few indexes itself and relies on the runtime's checks.
            _status = DecodeStatus.Damaged;
        }

        _answer.Release();
    }

    /// <summary>Lets the caller of <see cref="Decode"/> continue, and waits for its next call.</summary>
    private void Yield()
    {
        _answer.Release();
        _turn.Wait();
        if (_ending)
        {
            throw new OperationCanceledException();
        }
    }

    /// <summary>The caller's input, byte by byte.</summary>
    private sealed class Input(PortableBzip2StreamDecoder decoder) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int ReadByte()
        {
            while (decoder._consumed == decoder._inputLength)
            {
                decoder.Yield();
            }

            return decoder._input[decoder._consumed++];
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (count == 0)
            {
                return 0;
            }

            buffer[offset] = (byte)ReadByte();
            return 1;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
