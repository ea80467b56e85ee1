namespace CondaFuse.Store.Writing;

/// <summary>Whether somebody has the right to write, and who.</summary>
/// <param name="IsHeld">Whether somebody has it.</param>
/// <param name="Holder">Who; null where nobody has it, and where the holder's text cannot be read.</param>
public readonly record struct WriterSight(bool IsHeld, WriterHolder? Holder)
{
    /// <inheritdoc/>
    public override string ToString() => Holder?.ToString() ?? (IsHeld ? "somebody whose name cannot be read" : "nobody");
}
