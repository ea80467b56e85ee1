using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Other processes: sends signals, and waits for the end of a process that is not a child.</summary>
public static unsafe class Processes
{
    /// <summary>Sends a signal; false if there is no such process.</summary>
    public static bool TrySignal(int pid, Signal signal)
    {
        if (Libc.kill(pid, (int)signal) == 0)
        {
            return true;
        }

        return Libc.LastErrno == Errno.ESRCH ? false : throw new PlatformException(Libc.LastErrno, "kill", $"{pid}");
    }

    /// <summary>
    /// A descriptor of a process, which becomes readable when the process has ended; null if it is gone, or the kernel does not support it (before
    /// 5.3).
    /// </summary>
    public static SafeFileHandle? TryOpen(int pid)
    {
        var descriptor = Libc.pidfd_open(Libc.PidfdOpenCall, pid, 0);
        return descriptor < 0 ? null : new SafeFileHandle((nint)descriptor, ownsHandle: true);
    }

    /// <summary>Waits until the process behind a descriptor of <see cref="TryOpen"/> has ended.</summary>
    /// <returns>False if it did not end in time.</returns>
    public static bool WaitForEnd(SafeFileHandle process, TimeSpan time)
    {
        var descriptor = new Libc.PollDescriptor { Descriptor = (int)process.DangerousGetHandle(), Events = Libc.PollIn };
        var milliseconds = (int)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue);
        var ready = Libc.poll(&descriptor, 1, milliseconds);
        return ready > 0 || (ready < 0 && Libc.LastErrno != Errno.EINTR
            ? throw new PlatformException(Libc.LastErrno, "poll")
            : ready > 0);
    }
}

/// <summary>The strings that the system passed to this process at its start, byte for byte (<see cref="NativeText"/>).</summary>
public static class ProcessStrings
{
    /// <summary>The command line without the program's name; null if it cannot be read.</summary>
    public static string[]? Arguments() => Read("/proc/self/cmdline") is { Count: > 0 } words ? [.. words.Skip(1)] : null;

    /// <summary>The variables, <c>NAME=value</c> each; null if they cannot be read.</summary>
    public static IReadOnlyList<string>? Environment() => Read("/proc/self/environ");

    /// <summary>The variables of another process at its start; null if it has ended or belongs to another user.</summary>
    public static IReadOnlyList<string>? EnvironmentOf(int process) =>
        Read(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/{process}/environ"));

    private static List<string>? Read(string file)
    {
        byte[] bytes;
        try
        {
            bytes = KernelFile.Read(file);
        }
        catch (PlatformException)
        {
            return null;
        }

        var words = new List<string>();
        for (var start = 0; start < bytes.Length;)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)0);
            length = length < 0 ? bytes.Length - start : length;
            words.Add(NativeText.Decode(bytes.AsSpan(start, length)));
            start += length + 1;
        }

        return words;
    }
}

/// <summary>The end of this process.</summary>
public static class ProcessEnd
{
    /// <summary>Ends it successfully, whatever its threads do: nothing is flushed, and no other code runs (<c>_exit(2)</c>).</summary>
    public static void Now() => Libc.raw_exit(0);
}

/// <summary>The scheduling priority of this process.</summary>
public static class Priority
{
    private const int Lowest = 19;

    /// <summary>Gives way to all other processes (<c>nice 19</c>). Applies to this thread, and to threads that it starts from now on.</summary>
    public static void Lower() => _ = Libc.setpriority(Libc.PriorityOfProcess, 0, Lowest);
}

/// <summary>Signals by their Linux numbers.</summary>
public enum Signal
{
    /// <summary>Only checks whether the process can be signalled.</summary>
    None = 0,

    /// <summary>SIGINT.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,
}

/// <summary>Programs on disk.</summary>
public static class ExecutableFile
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Whether a path is a file with an execute permission for any user.</summary>
    public static bool Exists(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None;
}

/// <summary>Replaces the running program.</summary>
public static class ProgramImage
{
    /// <summary><c>execve(2)</c>: returns only by throwing.</summary>
    /// <param name="program">Absolute path.</param>
    /// <param name="arguments">All arguments, the program's name first.</param>
    /// <param name="environment"><c>NAME=value</c> each.</param>
    public static unsafe void Replace(string program, IReadOnlyList<string> arguments, IReadOnlyCollection<string> environment)
    {
        using var path = new CStrings([program]);
        using var argv = new CStrings(arguments);
        using var envp = new CStrings(environment);
        _ = Execute(path.Pointer[0], argv.Pointer, envp.Pointer);
        throw new PlatformException(Libc.LastErrno, "execve", program);
    }

    /// <summary>
    /// Runs a command by the rules of <c>execvpe(3)</c>. Returns only if no such program can be executed, or if it is a script without an
    /// interpreter.
    /// </summary>
    /// <param name="words">The command: a name to look up in the search path, or a path.</param>
    /// <param name="searchPath">Directories separated by colons; an empty one means the current directory.</param>
    /// <param name="environment"><c>NAME=value</c> each.</param>
    public static unsafe void TryReplace(IReadOnlyList<string> words, string searchPath, IReadOnlyCollection<string> environment)
    {
        var name = words[0];
        if (name.Length == 0)
        {
            return;
        }

        string[] places = name.Contains('/', StringComparison.Ordinal) ? [name]
            : [.. searchPath.Split(':').Select(folder => folder.Length == 0 ? name : $"{folder}/{name}")];
        using var paths = new CStrings(places);
        using var argv = new CStrings(words);
        using var envp = new CStrings(environment);
        for (var index = 0; index < places.Length; index++)
        {
            _ = Execute(paths.Pointer[index], argv.Pointer, envp.Pointer);
            if (Libc.LastErrno is not (Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES))
            {
                return;
            }
        }
    }

    /// <summary>
    /// execve without what the runtime has set for itself: it ignores SIGPIPE, and the program would inherit that. Handlers do not outlive execve.
    /// </summary>
    private static unsafe int Execute(byte* program, byte** arguments, byte** environment)
    {
        var ours = Libc.raw_signal(Libc.PipeSignal, Libc.DefaultHandler);
        var result = Libc.execve(program, arguments, environment);
        _ = Libc.raw_signal(Libc.PipeSignal, ours);
        return result;
    }
}
