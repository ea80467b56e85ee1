namespace CondaFuse.Lifecycle;

/// <summary>
/// Runs one action after the other: on a separate thread, which starts with the first, or on the thread that brings the action, which saves two
/// wake-ups. The thread sleeps at once when there is nothing to do: a collection or event of the class library would first poll, on a processor
/// that the workers need.
/// </summary>
/// <param name="name">The thread's name.</param>
internal sealed class SerialThread(string name) : IDisposable
{
    private const int StackBytes = 512 << 10;
    private readonly object _gate = new(); // a monitor: a Lock has no Wait
    private readonly Queue<Action> _queue = new();
    private (long At, Action Run)? _later;
    private Thread? _thread;
    private bool _isRunning;
    private bool _isOver;

    /// <summary>Has an action run on the thread, after those before it.</summary>
    /// <returns>False if it ends: the action is not run.</returns>
    public bool TryPost(Action action)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return false;
            }

            EnsureThread();
            _queue.Enqueue(action);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>
    /// Runs an action here, and those that come meanwhile; or after those before it, where one is running. So an action that calls this runs to its
    /// end before the next one begins.
    /// </summary>
    /// <returns>False if it ends: the action is not run.</returns>
    public bool TryRun(Action action)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return false;
            }

            if (_isRunning || _queue.Count > 0)
            {
                _queue.Enqueue(action);
                return true;
            }

            _isRunning = true;
        }

        for (Action? next = action; next is not null; next = TakeOrStop())
        {
            next();
        }

        return true;
    }

    /// <summary>Has an action run after some time, instead of the one that was to run later until now. To be called by an action.</summary>
    public void PostLater(TimeSpan time, Action action)
    {
        lock (_gate)
        {
            EnsureThread();
            _later = (Environment.TickCount64 + (long)time.TotalMilliseconds, action);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Returns when the queued actions have run.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }

    private void EnsureThread()
    {
        if (_thread is null)
        {
            var thread = new Thread(Run, StackBytes) { IsBackground = true, Name = name };
            thread.Start();
            _thread = thread;
        }
    }

    private void Run()
    {
        while (Take() is { } action)
        {
            action();
            lock (_gate)
            {
                _isRunning = false;
            }
        }
    }

    /// <summary>For who runs actions: the next one; null if there is none, and then who comes next runs them.</summary>
    private Action? TakeOrStop()
    {
        lock (_gate)
        {
            if (_queue.TryDequeue(out var next))
            {
                return next;
            }

            _isRunning = false;
            if (_later is not null || _isOver)
            {
                Monitor.PulseAll(_gate);
            }

            return null;
        }
    }

    /// <summary>For the thread: waits for the next action; null at the end.</summary>
    private Action? Take()
    {
        lock (_gate)
        {
            while (true)
            {
                if (!_isRunning && _queue.TryDequeue(out var next))
                {
                    _isRunning = true;
                    return next;
                }

                if (!_isRunning && _isOver)
                {
                    return null;
                }

                var left = _later is { } later && !_isOver ? Math.Max(0, later.At - Environment.TickCount64) : Timeout.Infinite;
                if (left == 0 && !_isRunning)
                {
                    var due = _later!.Value.Run;
                    (_later, _isRunning) = (null, true);
                    return due;
                }

                Monitor.Wait(_gate, _isRunning ? Timeout.Infinite : (int)left);
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
