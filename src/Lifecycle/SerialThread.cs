namespace CondaFuse.Lifecycle;

/// <summary>
/// A thread that runs actions in order; started with the first one. It sleeps at once when there is nothing to do: a collection or event of the
/// class library would first poll, on a processor that the workers need.
/// </summary>
/// <param name="name">The thread's name.</param>
internal sealed class SerialThread(string name) : IDisposable
{
    private const int StackBytes = 512 << 10;
    private readonly object _gate = new(); // a monitor: a Lock has no Wait
    private readonly Queue<Action> _queue = new();
    private (long At, Action Run)? _later;
    private Thread? _thread;
    private bool _isOver;

    /// <summary>Runs an action after the earlier ones.</summary>
    /// <returns>False if the thread is ending: the action is not run.</returns>
    public bool TryPost(Action action)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return false;
            }

            if (_thread is null)
            {
                var thread = new Thread(Run, StackBytes) { IsBackground = true, Name = name };
                thread.Start();
                _thread = thread;
            }

            _queue.Enqueue(action);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Runs an action after some time, in place of any other delayed action. Must be called from an action.</summary>
    public void PostLater(TimeSpan time, Action action)
    {
        lock (_gate)
        {
            _later = (Environment.TickCount64 + (long)time.TotalMilliseconds, action);
        }
    }

    /// <summary>Returns when the queued actions have run.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
    }

    private void Run()
    {
        while (Take() is { } action)
        {
            action();
        }
    }

    /// <summary>Waits for the next action; null at the end.</summary>
    private Action? Take()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_queue.TryDequeue(out var next))
                {
                    return next;
                }

                if (_isOver)
                {
                    return null;
                }

                var left = _later is { } later ? later.At - Environment.TickCount64 : Timeout.Infinite;
                if (_later is { Run: var due } && left <= 0)
                {
                    _later = null;
                    return due;
                }

                Monitor.Wait(_gate, (int)left);
            }
        }
    }
}

/// <summary>A value that is set once, and that other threads wait for.</summary>
internal sealed class Promise<T>
{
    private readonly object _gate = new(); // a monitor: a Lock has no Wait
    private T? _value;
    private bool _isSet;

    /// <summary>Sets it, unless it is set.</summary>
    public void TrySet(T value)
    {
        lock (_gate)
        {
            if (!_isSet)
            {
                (_value, _isSet) = (value, true);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits for it.</summary>
    public T Wait()
    {
        lock (_gate)
        {
            while (!_isSet)
            {
                Monitor.Wait(_gate);
            }

            return _value!;
        }
    }
}
