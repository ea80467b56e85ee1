namespace CondaFuse.Platform;

/// <summary>Who runs this process.</summary>
public static class Identity
{
    /// <summary>Id of this process.</summary>
    public static int ProcessId => Libc.getpid();

    /// <summary>Real user id.</summary>
    public static uint UserId => Libc.getuid();

    /// <summary>Real group id.</summary>
    public static uint GroupId => Libc.getgid();

    /// <summary>Whether the process may do what only root may.</summary>
    public static bool IsRoot => UserId == 0;

    /// <summary>Whether user ids mean here what they mean on the machine: false in a user namespace.</summary>
    public static bool IsInitialNamespace =>
        File.ReadAllText("/proc/self/uid_map").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];
}
