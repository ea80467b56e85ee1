namespace CondaFuse.Changes.Union;

/// <summary>A tree whose changes were written as a view of another tree shows them. Disposing it removes its log.</summary>
public sealed class PreparedAdoption : IDisposable
{
    private readonly IReplacementLog _log;

    internal PreparedAdoption(ChangedTree tree, IReplacementLog log) => (Tree, _log) = (tree, log);

    /// <summary>The tree. Nobody changes it, and its base is the other tree's.</summary>
    public ChangedTree Tree { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tree.Dispose();
        _log.Dispose();
    }
}
