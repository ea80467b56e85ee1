namespace CondaFuse.Platform;

/// <summary>Who runs this process.</summary>
public static class Identity
{
    /// <summary>Real user id.</summary>
    public static uint UserId => Libc.getuid();

    /// <summary>Real group id.</summary>
    public static uint GroupId => Libc.getgid();

    /// <summary>Whether the process may do what only root may.</summary>
    public static bool IsRoot => UserId == 0;
}
