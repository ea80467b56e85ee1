using CondaFuse.Fuse.Wire;

namespace CondaFuse.Fuse.Requests;

/// <summary>What was agreed with the kernel. Written once, by INIT, before any other request arrives.</summary>
public sealed class Connection
{
    private ulong capabilities;

    /// <summary>What both sides can and want.</summary>
    public Capabilities Capabilities
    {
        get => (Capabilities)Volatile.Read(ref capabilities);
        internal set => Volatile.Write(ref capabilities, (ulong)value);
    }
}
