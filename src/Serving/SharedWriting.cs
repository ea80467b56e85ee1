namespace CondaFuse.Serving;

/// <summary>
/// Who beside the owner may change what is served. Everybody else is shown modes without the permission to write, and so refused by the kernel,
/// which checks modes at every
/// open, of mapped files too.
/// </summary>
/// <param name="Groups">Groups that may.</param>
/// <param name="Everybody">Whether everybody may.</param>
public sealed record SharedWriting(IReadOnlySet<uint> Groups, bool Everybody)
{
    private const uint GroupWrite = 0x10;
    private const uint OtherWrite = 0x2;

    /// <summary>The mode that is shown.</summary>
    /// <param name="mode">The file's.</param>
    /// <param name="group">The group that it is shown with.</param>
    internal uint Shown(uint mode, uint group) =>
        mode & ~((Groups.Contains(group) ? 0 : GroupWrite) | (Everybody ? 0 : OtherWrite));
}
