namespace CondaFuse.Platform;

/// <summary>How urgent this process is.</summary>
public static class Priority
{
    private const int Lowest = 19;

    /// <summary>Lets everybody else go first (<c>nice 19</c>): this thread, and those that it starts from now on.</summary>
    public static void Lower() => _ = Libc.setpriority(Libc.PriorityOfProcess, 0, Lowest);
}
