using System.Globalization;

namespace CondaFuse.Platform;

/// <summary>
/// Starts programs in a new user namespace (user_namespaces(7)), or in an existing one. A process with threads, such as the runtime's, cannot enter
/// one. So the child is created inside it, and only waits until its ids are mapped and then calls execve.
/// </summary>
public static unsafe class NamespaceProcess
{
    private const int CannotStart = 127;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Absolute path.</param>
    /// <param name="arguments">All arguments, the program's name first.</param>
    /// <param name="environment"><c>NAME=value</c> each.</param>
    /// <param name="userId">This user's id inside the namespace; 0 may mount there.</param>
    /// <param name="groupId">This group's id inside the namespace.</param>
    /// <param name="ownMounts">Whether to create a mount namespace too.</param>
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

    /// <summary>Code in the child must not allocate, throw, or call anything that could, until it executes the new program.</summary>
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
            _ = Libc.raw_signal(Libc.PipeSignal, Libc.DefaultHandler); // the runtime ignores it
            _ = Libc.raw_execve(path, arguments, environment);
        }

        Libc.raw_exit(CannotStart);
        return 0;
    }

    /// <summary>Starts a program in the user and mount namespaces of another process of this user.</summary>
    /// <param name="member">The other process.</param>
    /// <param name="isStillMember">Called when its namespaces are open, to check that its process id was not reused.</param>
    /// <param name="program">Absolute path.</param>
    /// <param name="arguments">All arguments, the program's name first.</param>
    /// <param name="environment"><c>NAME=value</c> each.</param>
    /// <param name="workingDirectory">Where it starts; the root directory if that does not exist.</param>
    /// <returns>Null if they cannot be joined: the process has ended, or this one is inside them already.</returns>
    public static ChildProcess? TryJoin(
        int member, Func<bool> isStillMember, string program, IReadOnlyList<string> arguments, IReadOnlyCollection<string> environment,
        string workingDirectory)
    {
        using var user = TryOpenNamespace(member, "user");
        using var mount = TryOpenNamespace(member, "mnt");
        if (user is null || mount is null || !isStillMember())
        {
            return null;
        }

        using var paths = new CStrings([program, workingDirectory]);
        using var argv = new CStrings(arguments);
        using var envp = new CStrings(environment);
        var (reader, writer) = Pipes.Create();
        using (reader)
        {
            ChildProcess child;
            using (writer)
            {
                var clone = new Libc.CloneArguments { ExitSignal = Libc.ChildSignal };
                var id = ForkAndJoin(
                    &clone, (int)user.DangerousGetHandle(), (int)mount.DangerousGetHandle(), (int)writer.DangerousGetHandle(), paths.Pointer,
                    argv.Pointer, envp.Pointer);
                child = id > 0 ? new ChildProcess((int)id) : throw new PlatformException((Errno)(-id), "clone3");
            }

            // Executing the new program closes the pipe; a child that fails to do so writes to it.
            byte failed;
            nint read;
            while ((read = Libc.read((int)reader.DangerousGetHandle(), &failed, 1)) < 0 && Libc.LastErrno == Errno.EINTR)
            {
            }

            if (read == 0)
            {
                return child;
            }

            child.Wait();
            return null;
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle? TryOpenNamespace(int process, string kind)
    {
        var descriptor = Libc.open(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/ns/{kind}"), Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        return descriptor < 0 ? null : new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Like <see cref="Fork"/>: no allocation or exception in the child.</summary>
    private static long ForkAndJoin(
        Libc.CloneArguments* clone, int user, int mount, int writer, byte** paths, byte** arguments, byte** environment)
    {
        byte failed = 1;
        var id = Libc.clone3(Libc.Clone3Call, clone, (nuint)sizeof(Libc.CloneArguments));
        if (id != 0)
        {
            return id > 0 ? id : -System.Runtime.InteropServices.Marshal.GetLastSystemError();
        }

        if (Libc.raw_setns(user, (int)Libc.NewUserNamespace) == 0 && Libc.raw_setns(mount, (int)Libc.NewMountNamespace) == 0)
        {
            _ = Libc.raw_chdir(paths[1]);
            _ = Libc.raw_signal(Libc.PipeSignal, Libc.DefaultHandler);
            _ = Libc.raw_execve(paths[0], arguments, environment);
        }

        _ = Libc.raw_write(writer, &failed, 1);
        Libc.raw_exit(CannotStart);
        return 0;
    }

    private static void MapIds(int child, uint userId, uint groupId)
    {
        // Without "deny", an ordinary user may not map groups (user_namespaces(7)). Root's children lose nothing.
        WriteAbout(child, "setgroups", "deny");
        WriteAbout(child, "uid_map", string.Create(CultureInfo.InvariantCulture, $"{userId} {Identity.UserId} 1"));
        WriteAbout(child, "gid_map", string.Create(CultureInfo.InvariantCulture, $"{groupId} {Identity.GroupId} 1"));
    }

    private static void WriteAbout(int child, string file, string text)
    {
        var path = $"/proc/{child}/{file}";
        try
        {
            File.WriteAllText(path, text);
        }
        catch (UnauthorizedAccessException)
        {
            throw new PlatformException(Errno.EACCES, "write", path);
        }
        catch (IOException failure)
        {
            // The kernel's refusals of a map: no capability in the namespace, or no such child any more.
            throw new PlatformException(failure.HResult > 0 ? (Errno)failure.HResult : Errno.EPERM, "write", path);
        }
    }
}
