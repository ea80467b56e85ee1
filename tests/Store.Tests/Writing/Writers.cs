using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Writing;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Tests.Writing;

/// <summary>The writers in these tests, and their file systems.</summary>
internal static class Writers
{
    public static WriterIdentity Here(ProcessIdentity? process = null) =>
        new("here", "boot-1", "pid:[1]", process ?? ProcessIdentity.Find(Identity.ProcessId)!.Value, "ada");

    public static ProcessIdentity Dead => ProcessIdentity.Find(Identity.ProcessId)!.Value with { StartTicks = 1 };

    public static WriterIdentity Elsewhere => new("elsewhere", "boot-2", "pid:[1]", new ProcessIdentity(77, 5), "bob");

    /// <summary>A file system without locks, such as Lustre without <c>-o flock</c>.</summary>
    public sealed class NoLocks : IWriterLocks
    {
        public LockAnswer TryTake(string path, SafeFileHandle file) => LockAnswer.Unsupported;

        public bool IsHeld(SafeFileHandle file) => false;
    }
}
