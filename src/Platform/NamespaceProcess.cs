using System.Globalization;

namespace CondaFuse.Platform;

/// <summary>
/// Starts programs in a user namespace of their own (user_namespaces(7)). The runtime has threads, and a process with
/// threads cannot enter one; so the child is born in it, and does nothing but wait for its ids to be mapped and execve.
/// </summary>
public static unsafe class NamespaceProcess
{
    private const int CannotStart = 127;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Absolute path.</param>
    /// <param name="arguments">All arguments, the program's name first.</param>
    /// <param name="environment"><c>NAME=value</c> each.</param>
    /// <param name="userId">What this process's user is called in the namespace; 0 may mount there.</param>
    /// <param name="groupId">What its group is called there.</param>
    /// <param name="ownMounts">Whether it gets a mount namespace too.</param>
    /// <exception cref="PlatformException">The kernel or the machine's settings do not allow it.</exception>
    public static ChildProcess Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyCollection<string> environment, uint userId, uint groupId, bool ownMounts)
    {
        using var path = new CStrings([program]);
        using var argv = new CStrings(arguments);
        using var envp = new CStrings(environment);
        var (reader, writer) = Pipes.Create();
        using (reader)
        using (writer)
        {
            var clone = new Libc.CloneArguments
            {
                Flags = Libc.NewUserNamespace | (ownMounts ? Libc.NewMountNamespace : 0),
                ExitSignal = Libc.ChildSignal,
            };
            var id = Fork(&clone, (int)reader.DangerousGetHandle(), (int)writer.DangerousGetHandle(), path.Pointer[0], argv.Pointer, envp.Pointer);
            var child = id > 0 ? new ChildProcess((int)id) : throw new PlatformException((Errno)(-id), "clone3");
            MapIds(child.Id, userId, groupId);
            using var go = new FileStream(writer, FileAccess.Write, bufferSize: 0);
            go.WriteByte(1);
            return child;
        }
    }

    /// <summary>In the child nothing may allocate, throw or call what could: it goes from here to the new program.</summary>
    private static long Fork(Libc.CloneArguments* clone, int reader, int writer, byte* path, byte** arguments, byte** environment)
    {
        byte go;
        var id = Libc.clone3(Libc.Clone3Call, clone, (nuint)sizeof(Libc.CloneArguments));
        if (id != 0)
        {
            return id > 0 ? id : -System.Runtime.InteropServices.Marshal.GetLastSystemError();
        }

        _ = Libc.raw_close(writer);
        if (Libc.raw_read(reader, &go, 1) == 1)
        {
            _ = Libc.raw_execve(path, arguments, environment);
        }

        Libc.raw_exit(CannotStart);
        return 0;
    }

    private static void MapIds(int child, uint userId, uint groupId)
    {
        // Without "deny" an ordinary user may not map groups (user_namespaces(7)); root's children lose nothing by it.
        File.WriteAllText($"/proc/{child}/setgroups", "deny");
        File.WriteAllText($"/proc/{child}/uid_map", string.Create(CultureInfo.InvariantCulture, $"{userId} {Identity.UserId} 1"));
        File.WriteAllText($"/proc/{child}/gid_map", string.Create(CultureInfo.InvariantCulture, $"{groupId} {Identity.GroupId} 1"));
    }
}
