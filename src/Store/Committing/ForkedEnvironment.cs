using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>An environment that is to become an archive of its own, and where that will be mounted.</summary>
/// <param name="Tree">The tree that holds it.</param>
/// <param name="Top">Name of the directory that is the environment; empty where that is the root.</param>
/// <param name="Prefix">The prefix that it has when it is mounted.</param>
/// <param name="Destination">The one that the fork will have.</param>
public sealed record ForkedEnvironment(IReadableTree Tree, string Top, string Prefix, string Destination);
