using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Session;

/// <summary>
/// The channel over <c>/dev/fuse</c>. At most one idle worker watches the device, first asking again and again (a
/// wake-up costs more than most answers), then asleep in poll; the others sleep until there is work for two.
/// Sleeping in poll all together, each request would wake each of them.
/// </summary>
public sealed class DeviceChannel : IFuseChannel, IDisposable
{
    /// <summary>Without a request for so long, the file system rests.</summary>
    public static readonly TimeSpan RestsAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Who is at work for so long, while nobody watches, waits for the storage: another worker watches from then on. No request is timed: an alarm
    /// is set once in this time at most, and whether it matters is found out when it rings.
    /// </summary>
    public static readonly TimeSpan OverdueAfter = TimeSpan.FromMilliseconds(4);

    private const int LongWrite = 64 * 1024;
    private readonly MessageDevice _device;
    private readonly WatchTurn _turn = new();
    private readonly Alarm _alarm = new();
    private readonly EventCounter _stop = new();
    private readonly SpinBudget _spinBudget;
    private readonly int _spares;
    private readonly Action? _onRest;
    private volatile bool _ended;
    private volatile bool _rests;
    private int _received;
    private int _receivedAtAlarm;
    private int _isAlarmSet;

    /// <summary>Makes the channel.</summary>
    /// <param name="device">The opened device; stays the caller's.</param>
    /// <param name="spinBudget">How often the watcher asks the device, at most, before it sleeps.</param>
    /// <param name="spares">How many of the workers are only called for when another waits for the storage.</param>
    /// <param name="onRest">Called by the watcher, once, when no request has come for <see cref="RestsAfter"/>.</param>
    public DeviceChannel(MessageDevice device, int spinBudget, int spares, Action? onRest = null)
    {
        _onRest = onRest;
        _device = device;
        _spinBudget = new SpinBudget(spinBudget);
        _spares = spares;
    }

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
                Interlocked.Increment(ref _received);
                WakeAnotherFor(buffer);
                SetAlarm();
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
            case Errno.ENOENT: // the caller was killed while it waited
            case Errno.ENODEV: // unmounted; Receive will see it too
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
    public void LookAfterWorkers(Action startAnother)
    {
        while (!_ended)
        {
            _alarm.Wait();
            if (_turn.IsTaken)
            {
                Volatile.Write(ref _isAlarmSet, 0);
            }
            else if (Volatile.Read(ref _received) != Volatile.Read(ref _receivedAtAlarm))
            {
                SetAlarmAgain();
            }
            else
            {
                Volatile.Write(ref _isAlarmSet, 0);
                if (!_ended && !_turn.WakeAnother(besides: 0))
                {
                    startAnother();
                }
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

    // Only what takes long wants company: a second worker that watches while the first answers one short request after the other is woken by
    // each of them in vain; so is a third one while two compute. Who waits for the storage does not compute.
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

    private void SetAlarm()
    {
        if (Volatile.Read(ref _isAlarmSet) == 0 && Interlocked.Exchange(ref _isAlarmSet, 1) == 0)
        {
            SetAlarmAgain();
        }
    }

    private void SetAlarmAgain()
    {
        Volatile.Write(ref _receivedAtAlarm, Volatile.Read(ref _received));
        _alarm.Set(OverdueAfter);
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

    /// <returns>False if there is nothing now, or nothing any more.</returns>
    private bool TryReceive(Span<byte> buffer, out int length)
    {
        switch (_device.TryRead(buffer, out length))
        {
            case Errno.None when length > 0:
                _rests = false;
                return true;
            case Errno.None:
            case Errno.ENODEV:
                Stop();
                return false;
            case Errno.EAGAIN:
            case Errno.ENOENT: // the caller gave up before the request could be read
                return false;
            case var errno:
                throw new PlatformException(errno, "read", "/dev/fuse");
        }
    }
}

/// <summary>The way to the kernel and back. Used by all workers at once.</summary>
public interface IFuseChannel
{
    /// <summary>Waits for a request.</summary>
    /// <param name="buffer">Takes the request; as many bytes as the session's <see cref="Requests.MessageSizes.Request"/>.</param>
    /// <returns>Length of the request; 0 when there will be no more.</returns>
    int Receive(Span<byte> buffer);

    /// <summary>Sends a reply.</summary>
    /// <returns>False if it was dropped: the caller has given up, or the file system is gone.</returns>
    bool Send(ReadOnlySpan<byte> reply);

    /// <summary>
    /// Calls for another worker where all that are awake wait for the storage. Returns when there will be no more requests.
    /// </summary>
    /// <param name="startAnother">Starts one, where nobody sleeps who could be woken.</param>
    void LookAfterWorkers(Action startAnother);

    /// <summary>Makes every <see cref="Receive"/>, also those under way, return 0. May be called from any thread.</summary>
    void Stop();
}

/// <summary>Memory outside the collected heap, at the end of whole pages so that what follows a head is page-aligned.</summary>
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
