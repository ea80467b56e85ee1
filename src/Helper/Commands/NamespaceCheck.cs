using CondaFuse.Helper.Output;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Commands;

/// <summary>Whether this machine lets an ordinary user mount in a user namespace. Some systems allow the namespace, but no mounts in it.</summary>
internal static class NamespaceCheck
{
    /// <summary>The (hidden) command of this program that runs inside the namespace.</summary>
    public const string Command = "check-namespace";

    /// <summary>Why not; null if it does.</summary>
    public static string? ReasonAgainst(Session session)
    {
        try
        {
            var child = NamespaceProcess.Start(
                Session.Program, [Session.Program, Command], session.EnvironmentBlock, userId: 0, groupId: 0, ownMounts: true);
            return child.Wait() == 0 ? null : "operation not permitted";
        }
        catch (PlatformException failure)
        {
            return SystemMessages.Plain(failure.Message);
        }
    }

    /// <summary>Runs inside the namespace.</summary>
    public static int Run() => (int)(KernelMounts.MayMountHere() ? ExitCode.Success : ExitCode.NotPossibleHere);
}
