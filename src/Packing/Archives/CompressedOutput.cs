using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using CondaFuse.Compression;

namespace CondaFuse.Packing.Archives;

/// <summary>
/// A stream that is compressed by several threads and written in order. The output depends on the input, not on the threads. One thread fills
/// it. If a single thread compresses, the two take turns.
/// </summary>
internal sealed class CompressedOutput : IDisposable
{
    private const int StackBytes = 512 << 10;

    /// <summary>
    /// Limit of members in progress. With several threads, each has one that it compresses, and one that waits for that or to be written.
    /// </summary>
    private readonly int _maxMembers;

    private readonly ArchiveFile _file;
    private readonly MemberCompression _compression;
    private readonly Thread[] _threads;
    private readonly Action<long>? _report;
    private readonly CancellationToken _cancellation;
    private readonly BlockingCollection<Member> _work = [];
    private readonly Queue<Member> _pending = [];
    private readonly Stack<Member> _free = [];
    private Member _current;
    private long _written;

    /// <param name="file">Takes the compressed stream.</param>
    /// <param name="compression">How it is compressed.</param>
    /// <param name="threads">Threads that compress.</param>
    /// <param name="written">Receives the bytes that were written so far, before compression.</param>
    /// <param name="cancellation">Ends every wait at once: a codec that works on a large member cannot be stopped.</param>
    public CompressedOutput(
        ArchiveFile file, MemberCompression compression, int threads, Action<long>? written = null, CancellationToken cancellation = default)
    {
        (_file, _compression, _report, _cancellation) = (file, compression, written, cancellation);
        _current = new Member(compression.MemberBytes);
        var workers = compression.Create is null ? 0 : threads;
        _maxMembers = threads == 1 ? 1 : 2 * threads;
        _threads = [.. Enumerable.Range(0, workers).Select(_ => new Thread(Work, StackBytes) { IsBackground = true })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Bytes of input so far.</summary>
    public long Length { get; private set; }

    /// <summary>Buffer for the next bytes; never empty.</summary>
    public Span<byte> Room => _current.Input.AsSpan(_current.Length);

    /// <summary>Consumes bytes that were put into <see cref="Room"/>.</summary>
    /// <param name="bytes">Number of bytes.</param>
    /// <param name="isCode">Whether they are part of an x86 program or library.</param>
    public void Advance(int bytes, bool isCode = false)
    {
        Length += bytes;
        _current.Length += bytes;
        _current.CodeBytes += isCode ? bytes : 0;
        if (_current.Length == _current.Input.Length)
        {
            Hand();
        }
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var part = bytes[..Math.Min(bytes.Length, Room.Length)];
            part.CopyTo(Room);
            bytes = bytes[part.Length..];
            Advance(part.Length);
        }
    }

    /// <summary>Appends zeros.</summary>
    public void WriteZeros(int count)
    {
        while (count > 0)
        {
            var part = Room[..Math.Min(count, Room.Length)];
            part.Clear();
            count -= part.Length;
            Advance(part.Length);
        }
    }

    /// <summary>Waits until everything is in the file.</summary>
    public void Finish()
    {
        if (_current.Length > 0)
        {
            Hand();
        }

        while (_pending.Count > 0)
        {
            WriteFirst();
        }
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        while (_work.TryTake(out _))
        {
            // Abandoned members need not be compressed.
        }

        if (_cancellation.IsCancellationRequested)
        {
            return; // the threads end when their codecs return, or with the process
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _work.Dispose();
    }

    private void Hand()
    {
        var member = _current;
        if (_threads.Length == 0)
        {
            _file.Write(member.Input.AsSpan(0, member.Length));
            Report(member);
            member.Clear();
            return;
        }

        _pending.Enqueue(member);
        _work.Add(member);
        while (_pending.Count >= _maxMembers || (_pending.TryPeek(out var first) && first.Done.IsSet))
        {
            WriteFirst();
        }

        _current = _free.TryPop(out var free) ? free : new Member(_compression.MemberBytes);
    }

    private void WriteFirst()
    {
        var member = _pending.Dequeue();
        member.Done.Wait(_cancellation);
        if (member.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        _file.Write(member.Output.AsSpan(0, member.OutputLength));
        Report(member);
        member.Done.Reset();
        member.Clear();
        _free.Push(member);
    }

    private void Report(Member member)
    {
        _written += member.Length;
        _report?.Invoke(_written);
    }

    private void Work()
    {
        MemberWorker? worker = null;
        foreach (var member in _work.GetConsumingEnumerable())
        {
            try
            {
                worker ??= new MemberWorker(_compression);
                member.Compress(worker.For(member));
            }
            catch (Exception failure)
            {
                member.Failure = failure; // whatever the exception, it is rethrown to the thread that waits for the member
            }

            member.Done.Set();
        }

        worker?.Dispose();
    }

    /// <summary>The compressors of one thread.</summary>
    private sealed class MemberWorker(MemberCompression compression) : IDisposable
    {
        private readonly IBlockCompressor _any = compression.Create!();
        private readonly IBlockCompressor? _ofCode = compression.CreateForCode?.Invoke();

        public IBlockCompressor For(Member member) => member.HoldsCode && _ofCode is not null ? _ofCode : _any;

        public void Dispose()
        {
            _any.Dispose();
            _ofCode?.Dispose();
        }
    }

    /// <summary>A member in progress.</summary>
    private sealed class Member(int bytes)
    {
        public byte[] Input { get; } = new byte[bytes];

        public int Length { get; set; }

        public int CodeBytes { get; set; }

        /// <summary>Whether it has enough code for the filter to gain more there than it loses in the rest.</summary>
        public bool HoldsCode => CodeBytes > Length / 16;

        public byte[] Output { get; private set; } = [];

        public int OutputLength { get; private set; }

        public Exception? Failure { get; set; }

        public ManualResetEventSlim Done { get; } = new();

        public void Clear() => (Length, CodeBytes) = (0, 0);

        public void Compress(IBlockCompressor compressor)
        {
            if (Output.Length == 0)
            {
                Output = new byte[MemberCompressors.Room(Input.Length)];
            }

            OutputLength = compressor.Compress(Input.AsSpan(0, Length), Output);
            if (OutputLength <= 0)
            {
                throw new CodecException("A codec could not compress.");
            }
        }
    }
}

/// <summary>How a stream is split into members that are compressed separately.</summary>
/// <param name="MemberBytes">Size of a member in bytes, except for the last one.</param>
/// <param name="Create">Creates a compressor for each thread; null to store the bytes uncompressed.</param>
/// <param name="CreateForCode">Creates a compressor for members with x86 machine code; null if there is no difference.</param>
internal sealed record MemberCompression(int MemberBytes, Func<IBlockCompressor>? Create, Func<IBlockCompressor>? CreateForCode = null)
{
    private const int MiB = 1 << 20;

    /// <summary>
    /// Longer members make the output smaller; shorter ones use the threads better. A member is a few times as long as the level's maximum match
    /// distance.
    /// </summary>
    public static MemberCompression Of(PackFormat format, int level) => format switch
    {
        PackFormat.TarGzip => new MemberCompression(MiB, () => MemberCompressors.Gzip(level)),
        PackFormat.TarBzip2 => Bzip2(Math.Max(level, 1)),
        PackFormat.TarXz =>
            new MemberCompression(4 * MiB << Math.Clamp(level - 4, 0, 3), () => MemberCompressors.Xz(level), () => MemberCompressors.XzOfCode(level)),
        PackFormat.TarZstd => new MemberCompression((level < 6 ? 4 : level < 10 ? 8 : 16) * MiB, () => MemberCompressors.Zstd(Math.Max(level, 1))),
        _ => new MemberCompression(MiB, Create: null),
    };

    /// <summary>Some of the format's own blocks, whose size depends on the level.</summary>
    private static MemberCompression Bzip2(int level)
    {
        const int blockBytes = 100_000;
        const int spare = 19; // libbz2 leaves this many bytes of a block unused
        const int blocks = 4;
        return new MemberCompression(blocks * ((blockBytes * level) - spare), () => MemberCompressors.Bzip2(level));
    }
}
