using CondaFuse.Mounts;

namespace CondaFuse.Store.Writing;

/// <summary>Who wants to write: a process, told apart from all others on all hosts.</summary>
/// <param name="Host">Name of the host.</param>
/// <param name="Boot">The kernel's id of this run of the host (<c>/proc/sys/kernel/random/boot_id</c>).</param>
/// <param name="ProcessSpace">What numbers of processes mean here (<c>/proc/self/ns/pid</c>).</param>
/// <param name="Process">The process.</param>
/// <param name="User">Name of its user.</param>
public sealed record WriterIdentity(string Host, string Boot, string ProcessSpace, ProcessIdentity Process, string User);
