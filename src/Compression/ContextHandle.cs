using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>A native context that a codec allocated; each codec says how it is freed.</summary>
internal abstract class ContextHandle() : SafeHandle(0, ownsHandle: true)
{
    public sealed override bool IsInvalid => handle == 0;

    /// <summary>Passes the handle through if the allocation succeeded.</summary>
    internal static T Allocated<T>(T handle)
        where T : ContextHandle =>
        handle.IsInvalid ? throw new CodecException("A codec could not allocate its context.") : handle;
}
