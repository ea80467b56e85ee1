using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>How the history of an archive relates to that of an environment in a registry.</summary>
public enum HistoryRelation
{
    /// <summary>Both are at the same generation.</summary>
    Same,

    /// <summary>The archive has the generation of the registry, and later ones.</summary>
    LocalIsAhead,

    /// <summary>The registry has the generation of the archive, and later ones.</summary>
    RemoteIsAhead,

    /// <summary>Each has generations that the other one lacks.</summary>
    Diverged,

    /// <summary>They are different environments.</summary>
    Unrelated,
}

/// <summary>Compares histories.</summary>
internal static class Histories
{
    /// <summary>Compares two histories, each with the newest generation first.</summary>
    public static HistoryRelation Compare(
        Guid local, IReadOnlyList<RemoteGeneration> localHistory, Guid remote, IReadOnlyList<RemoteGeneration> remoteHistory)
    {
        if (local != remote)
        {
            return HistoryRelation.Unrelated;
        }

        if (localHistory[0].HasContentOf(remoteHistory[0]))
        {
            return HistoryRelation.Same;
        }

        return localHistory.Any(remoteHistory[0].HasContentOf) ? HistoryRelation.LocalIsAhead
            : remoteHistory.Any(localHistory[0].HasContentOf) ? HistoryRelation.RemoteIsAhead
            : HistoryRelation.Diverged;
    }
}
