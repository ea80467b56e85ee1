using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>A process started without <c>fork</c>, which managed code would not survive.</summary>
public sealed class ChildProcess
{
    internal ChildProcess(int id) => Id = id;

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>Starts a process with all signals unblocked and at their defaults.</summary>
    /// <exception cref="PlatformException">It could not be started.</exception>
    public static unsafe ChildProcess Start(SpawnRequest request)
    {
        var actions = stackalloc byte[Libc.SpawnStructureSize];
        var attributes = stackalloc byte[Libc.SpawnStructureSize];
        Expect(Libc.posix_spawn_file_actions_init(actions), request);
        Expect(Libc.posix_spawnattr_init(attributes), request);
        try
        {
            SetSignals(attributes, request);
            SetDescriptors(actions, request);
            using var program = new CStrings([request.Program]);
            using var arguments = new CStrings(request.Arguments);
            using var environment = new CStrings(request.Environment);
            int id;
            using var others = request.ClosesOthers ? new WithheldDescriptors(Inheritable()) : null;
            Expect(Libc.posix_spawn(&id, program.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer), request);
            return new ChildProcess(id);
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Waits for its end but does not reap it; <see cref="Wait"/> does. Its process id is not reused until then.</summary>
    public unsafe void WaitUntilEnded()
    {
        var information = stackalloc byte[Libc.SignalInformationSize];
        while (Libc.waitid(Libc.WaitForProcess, Id, information, Libc.WaitForExit | Libc.WaitWithoutReaping) < 0 && Libc.LastErrno == Errno.EINTR)
        {
        }
    }

    /// <summary>Kills it and waits until it has released its resources. Must be called before it is reaped.</summary>
    /// <returns>Whether it was still running.</returns>
    public bool TryKill(TimeSpan timeout)
    {
        using var handle = Processes.TryOpen(Id);
        if (handle is not null && Processes.WaitForEnd(handle, TimeSpan.Zero))
        {
            return false;
        }

        var wasThere = Processes.TrySignal(Id, Signal.Kill);
        if (wasThere && handle is not null)
        {
            Processes.WaitForEnd(handle, timeout);
        }

        return wasThere;
    }

    /// <summary>Waits for its end and reaps it.</summary>
    /// <returns>Its exit code, or 128 plus the signal that ended it.</returns>
    public unsafe int Wait()
    {
        int status;
        while (Libc.waitpid(Id, &status, 0) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "waitpid");
            }
        }

        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    private static unsafe void SetSignals(void* attributes, SpawnRequest request)
    {
        const int signalSetSize = 128;
        var set = stackalloc byte[signalSetSize];
        _ = Libc.sigemptyset(set);
        Expect(Libc.posix_spawnattr_setsigmask(attributes, set), request);
        _ = Libc.sigfillset(set);
        Expect(Libc.posix_spawnattr_setsigdefault(attributes, set), request);
        var flags = Libc.SpawnSetSigDefault | Libc.SpawnSetSigMask | (request.NewSession ? Libc.SpawnSetSession : 0);
        Expect(Libc.posix_spawnattr_setflags(attributes, (short)flags), request);
    }

    private static unsafe void SetDescriptors(void* actions, SpawnRequest request)
    {
        if (request.Output is { } file)
        {
            using var paths = new CStrings(["/dev/null"]);
            Expect(Libc.posix_spawn_file_actions_adddup2(actions, (int)file.DangerousGetHandle(), 1), request);
            Expect(Libc.posix_spawn_file_actions_adddup2(actions, 1, 2), request);
            Expect(Libc.posix_spawn_file_actions_addopen(actions, 0, paths.Pointer[0], Libc.OpenReadOnly, 0), request);
        }

        // Descriptors are first moved to unused numbers, so that no target overwrites a source that is still needed.
        var parking = request.Descriptors.SelectMany(pair => new[] { pair.Key, (int)pair.Value.DangerousGetHandle() }).Append(2).Max() + 1;
        var parked = parking;
        foreach (var handle in request.Descriptors.Values)
        {
            Expect(Libc.posix_spawn_file_actions_adddup2(actions, (int)handle.DangerousGetHandle(), parked++), request);
        }

        parked = parking;
        foreach (var number in request.Descriptors.Keys)
        {
            Expect(Libc.posix_spawn_file_actions_adddup2(actions, parked, number), request);
            Expect(Libc.posix_spawn_file_actions_addclose(actions, parked++), request);
        }
    }

    /// <summary>Descriptors above 2 that are not close-on-exec: all of them were inherited from this process's parent.</summary>
    private static List<int> Inheritable() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => int.TryParse(Path.GetFileName(path.AsSpan()), out var number) ? number : 0)
            .Where(
                number =>
                    number > 2 && Libc.fcntl(number, Libc.GetDescriptorFlags, 0) is var flags && flags >= 0 && (flags & Libc.CloseOnExecFlag) == 0)];

    /// <summary>
    /// Descriptors that a child must not inherit. They are close-on-exec meanwhile: posix_spawn refuses to close numbers above the limit of open
    /// files, which may be in use.
    /// </summary>
    private sealed class WithheldDescriptors : IDisposable
    {
        private readonly IReadOnlyList<int> _numbers;

        public WithheldDescriptors(IReadOnlyList<int> numbers)
        {
            _numbers = numbers;
            Set(Libc.CloseOnExecFlag);
        }

        public void Dispose() => Set(0);

        private void Set(int flags)
        {
            foreach (var number in _numbers)
            {
                _ = Libc.fcntl(number, Libc.SetDescriptorFlags, flags);
            }
        }
    }

    private static void Expect(int errno, SpawnRequest request)
    {
        if (errno != 0)
        {
            throw new PlatformException((Errno)errno, "posix_spawn", request.Program);
        }
    }
}

/// <summary>A process to start.</summary>
public sealed record SpawnRequest
{
    /// <summary>Absolute path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>All arguments, the program's own name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c> each.</summary>
    public required IReadOnlyCollection<string> Environment { get; init; }

    /// <summary>Whether it leads a new session, so that signals from a terminal do not reach it.</summary>
    public bool NewSession { get; init; }

    /// <summary>An open file for its standard output and error; its standard input is then empty. Null: inherited.</summary>
    public SafeFileHandle? Output { get; init; }

    /// <summary>Whether it gets no descriptors above 2 except <see cref="Descriptors"/>, not even those that this process inherited.</summary>
    public bool ClosesOthers { get; init; }

    /// <summary>Descriptors to pass on, by their number in the new process.</summary>
    public IReadOnlyDictionary<int, SafeFileHandle> Descriptors { get; init; } = new Dictionary<int, SafeFileHandle>();
}

/// <summary>Descriptors 0, 1 and 2 of a program whose caller closed them.</summary>
public static class InheritedStreams
{
    /// <summary>Opens /dev/null for each closed one. Otherwise, the next opened file would become standard output.</summary>
    public static void EnsureOpen()
    {
        for (var number = 0; number <= 2; number++)
        {
            if (Libc.fcntl(number, Libc.GetDescriptorFlags, 0) < 0)
            {
                // The lowest free number is this one. It must be inherited, so it is not close-on-exec.
                _ = Libc.open("/dev/null", Libc.OpenReadWrite, 0);
            }
        }
    }

    /// <summary>Replaces all three: the input by /dev/null, both outputs by an open file.</summary>
    /// <exception cref="PlatformException">They could not be replaced.</exception>
    public static void Replace(SafeFileHandle output)
    {
        using var lease = new HandleLease(output);
        var descriptor = Libc.Check(Libc.open("/dev/null", Libc.OpenReadWrite | Libc.OpenCloseOnExec, 0), "open");
        using var nothing = new SafeFileHandle(descriptor, ownsHandle: true);
        Libc.Check(Libc.dup2(descriptor, 0), "dup2");
        Libc.Check(Libc.dup2(lease.Descriptor, StandardStream.Output), "dup2");
        Libc.Check(Libc.dup2(lease.Descriptor, StandardStream.Error), "dup2");
    }
}
