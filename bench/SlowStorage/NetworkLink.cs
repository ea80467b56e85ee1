using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CondaFuse.SlowStorage;

/// <summary>
/// Delivers messages as a network link does: half a round trip, the transmission (one message at a time), and the other half.
/// Messages keep their order, so one thread can deliver all of them: it sleeps until the next one is due. No other thread waits.
/// </summary>
internal sealed partial class NetworkLink
{
    private readonly StorageProfile _profile;
    private readonly Action<byte[]> _deliver;
    private readonly Queue<(long Due, byte[] Message)> _underway = new();
    private long _free;

    /// <param name="profile">Round trip and rate.</param>
    /// <param name="deliver">Takes each message when it has arrived; called by one thread.</param>
    internal NetworkLink(StorageProfile profile, Action<byte[]> deliver)
    {
        _profile = profile;
        _deliver = deliver;
        new Thread(Run) { IsBackground = true, Name = "link" }.Start();
    }

    /// <summary>Sends a message.</summary>
    internal void Send(byte[] message)
    {
        var half = _profile.RoundTrip.TotalSeconds / 2 * Stopwatch.Frequency;
        lock (_underway)
        {
            var begins = Math.Max(Stopwatch.GetTimestamp() + (long)half, _free);
            _free = begins + (long)(message.Length / _profile.BytesPerSecond * Stopwatch.Frequency);
            _underway.Enqueue((_free + (long)half, message));
            Monitor.Pulse(_underway);
        }
    }

    private void Run()
    {
        while (true)
        {
            (long Due, byte[] Message) next;
            lock (_underway)
            {
                while (!_underway.TryDequeue(out next))
                {
                    Monitor.Wait(_underway);
                }
            }

            SleepUntil(next.Due);
            _deliver(next.Message);
        }
    }

    // Thread.Sleep knows whole milliseconds only; a round trip can be a fifth of one.
    private static void SleepUntil(long due)
    {
        const long nanosecondsPerSecond = 1_000_000_000;
        while (due - Stopwatch.GetTimestamp() is var left and > 0)
        {
            var nanoseconds = (long)((double)left / Stopwatch.Frequency * nanosecondsPerSecond);
            var wait = new TimeSpec(nanoseconds / nanosecondsPerSecond, nanoseconds % nanosecondsPerSecond);
            _ = NanoSleep(in wait, IntPtr.Zero);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NanoSleep(in TimeSpec wait, IntPtr left);

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
