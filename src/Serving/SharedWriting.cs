namespace CondaFuse.Serving;

/// <summary>
/// Which users other than the owner may write. Other users see modes without write permission, so the kernel refuses them: it checks modes at every
/// open, which covers mapped files too.
/// </summary>
/// <param name="Groups">Groups with write permission.</param>
/// <param name="Everybody">Whether everyone has write permission.</param>
public sealed record SharedWriting(IReadOnlySet<uint> Groups, bool Everybody)
{
    private const uint GroupWrite = 0x10;
    private const uint OtherWrite = 0x2;

    /// <summary>The mode to show.</summary>
    /// <param name="mode">The file's.</param>
    /// <param name="group">The group that the file is shown with.</param>
    internal uint Shown(uint mode, uint group) =>
        mode & ~((Groups.Contains(group) ? 0 : GroupWrite) | (Everybody ? 0 : OtherWrite));
}
