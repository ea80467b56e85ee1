using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Session;

/// <summary>
/// The channel over <c>/dev/fuse</c>. At most one idle worker watches the device: it first polls repeatedly (a wake-up costs more than most
/// replies), then sleeps in poll. The others sleep until there is work for two. If all of them slept in poll, every request would wake all of them.
/// </summary>
public sealed class DeviceChannel : IFuseChannel, IDisposable
{
    /// <summary>The file system counts as idle after this long without a request.</summary>
    public static readonly TimeSpan RestsAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// If a worker is busy for this long while nobody watches the device, it is assumed to wait for the storage, and another worker starts watching.
    /// </summary>
    public static readonly TimeSpan OverdueAfter = TimeSpan.FromMilliseconds(4);

    private const int LongWrite = 64 * 1024;
    private readonly MessageDevice _device;
    private readonly WatchTurn _turn = new();
    private readonly Alarm _alarm = new();
    private readonly OverdueWatch _overdue;
    private readonly EventCounter _stop = new();
    private readonly SpinBudget _spinBudget;
    private readonly int _spares;
    private readonly Action? _onRest;
    private volatile bool _ended;
    private volatile bool _rests;

    /// <summary>Creates the channel.</summary>
    /// <param name="device">The open device; owned by the caller.</param>
    /// <param name="spinBudget">How often the watcher polls the device, at most, before it sleeps.</param>
    /// <param name="spares">How many of the workers are used only while others wait for the storage.</param>
    /// <param name="onRest">Called once by the watcher when no request has come for <see cref="RestsAfter"/>.</param>
    public DeviceChannel(MessageDevice device, int spinBudget, int spares, Action? onRest = null)
    {
        _onRest = onRest;
        _overdue = new OverdueWatch(() => _alarm.Set(OverdueAfter));
        _device = device;
        _spinBudget = new SpinBudget(spinBudget);
        _spares = spares;
    }

    /// <inheritdoc/>
    public long Received => _overdue.Count;

    /// <inheritdoc/>
    public int Receive(Span<byte> buffer)
    {
        while (!_ended)
        {
            if (!TryReceive(buffer, out var length))
            {
                if (!_turn.TryTakeOrWait())
                {
                    continue;
                }

                length = Watch(buffer);
                _turn.Release();
            }

            if (length > 0)
            {
                WakeAnotherFor(buffer);
                _overdue.Received();
                return length;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<byte> reply)
    {
        switch (_device.TryWrite(reply))
        {
            case Errno.None:
                return true;
            case Errno.ENOENT: // the calling process was killed while it waited
            case Errno.ENODEV: // unmounted; Receive fails too
                return false;
            case var errno:
                throw new PlatformException(errno, "write", "/dev/fuse");
        }
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _ended = true;
        _stop.Raise();
        _alarm.Set(TimeSpan.FromTicks(1));
        _turn.WakeAll();
    }

    /// <inheritdoc/>
    public int Sleeping => _turn.Sleeping;

    /// <inheritdoc/>
    public void LookAfterWorkers(Action startAnother)
    {
        while (!_ended)
        {
            _alarm.Wait();
            if (_overdue.Expired(() => _turn.IsTaken) && !_ended && !_turn.WakeAnother(besides: 0))
            {
                startAnother();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _alarm.Dispose();
        _turn.Dispose();
    }

    // A second worker helps only with long requests. If it watched while the first answers one short request after another, each request would wake
    // it in vain; the same holds for a third worker while two compute. A worker that waits for the storage does not compute.
    private void WakeAnotherFor(ReadOnlySpan<byte> message)
    {
        if (!MemoryMarshal.TryRead(message, out RequestHeader header))
        {
            return;
        }

        switch (header.Opcode)
        {
            case Opcode.Fsync or Opcode.FsyncDirectory or Opcode.SyncFs:
                _turn.WakeAnother(besides: 0);
                break;
            case Opcode.Read or Opcode.CopyRange:
            case Opcode.Write when header.Length > LongWrite:
                _turn.WakeAnother(besides: _spares);
                break;
        }
    }

    private int Watch(Span<byte> buffer)
    {
        while (!_ended)
        {
            for (var questions = _spinBudget.Questions; questions > 0 && !_ended; questions--)
            {
                if (TryReceive(buffer, out var early))
                {
                    _spinBudget.Succeeded();
                    return early;
                }
            }

            _spinBudget.Failed();
            Sleep();
            if (TryReceive(buffer, out var length))
            {
                return length;
            }
        }

        return 0;
    }

    private void Sleep()
    {
        if (_rests || _onRest is null)
        {
            _device.Wait(_stop);
        }
        else if (!_device.Wait(_stop, RestsAfter))
        {
            _rests = true;
            _onRest();
        }
    }

    /// <returns>False if there is no request now, or the session has ended.</returns>
    private bool TryReceive(Span<byte> buffer, out int length)
    {
        switch (_device.TryRead(buffer, out length))
        {
            case Errno.None when length > 0:
                _rests = false;
                return true;
            case Errno.None:
            case Errno.ENODEV:
                _ended = true;
                _turn.Open();
                return false;
            case Errno.EAGAIN:
            case Errno.ENOENT: // the request was aborted before it could be read
                return false;
            case var errno:
                throw new PlatformException(errno, "read", "/dev/fuse");
        }
    }
}

/// <summary>The connection to the kernel. Shared by all workers.</summary>
public interface IFuseChannel
{
    /// <summary>Changes with every request that was received.</summary>
    long Received => 0;

    /// <summary>Waits for a request.</summary>
    /// <param name="buffer">The buffer for the request: as many bytes as the session's <see cref="Requests.MessageSizes.Request"/>.</param>
    /// <returns>Length of the request; 0 if the session has ended.</returns>
    int Receive(Span<byte> buffer);

    /// <summary>Sends a reply.</summary>
    /// <returns>False if it was dropped: the request was aborted, or the file system is gone.</returns>
    bool Send(ReadOnlySpan<byte> reply);

    /// <summary>
    /// How many threads sleep in <see cref="Receive"/>. When a call of it has returned 0, no other thread falls asleep, and the sleeping ones do
    /// nothing until <see cref="Stop"/> but end.
    /// </summary>
    int Sleeping => 0;

    /// <summary>Calls for another worker while all workers that are awake wait for the storage. Returns when the session has ended.</summary>
    /// <param name="startAnother">Starts another worker if none is asleep.</param>
    void LookAfterWorkers(Action startAnother);

    /// <summary>Makes every <see cref="Receive"/> return 0, including calls in progress. Thread-safe.</summary>
    void Stop();
}

/// <summary>Memory outside the managed heap. It fills whole pages to the end, so that the part after the head is page-aligned.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int PageSize = 4096;
    private readonly byte* _start;
    private readonly int _skipped;
    private readonly int _length;

    /// <param name="head">Bytes before the page-aligned part.</param>
    /// <param name="body">Bytes of the page-aligned part.</param>
    internal NativeBuffer(int head, int body)
    {
        _skipped = (PageSize - (head % PageSize)) % PageSize;
        _length = head + body;
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)(_skipped + _length), PageSize);
    }

    internal Span<byte> Span => new(_start + _skipped, _length);

    public void Dispose() => NativeMemory.AlignedFree(_start);
}
