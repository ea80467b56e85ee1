namespace CondaFuse.Platform;

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
        _ = Libc.execve(path.Pointer[0], argv.Pointer, envp.Pointer);
        throw new PlatformException(Libc.LastErrno, "execve", program);
    }
}
