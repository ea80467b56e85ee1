using CondaFuse.Activation.Condarc;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>The links to environments in a folder of conda, if the user asked for them.</summary>
internal static class EnvironmentLink
{
    /// <summary>Keeps the link of an environment that is mounted, or planned to be mounted, by its name. A failure is only reported.</summary>
    public static void Keep(Session session, MountPlan plan)
    {
        if (plan.Generation is not null || new EnvironmentLinks(session.Layout).Folder is null)
        {
            return;
        }

        var folder = Path.GetRelativePath(session.Layout.MountRoot, plan.Prefix).Split('/')[0];
        if (EnvironmentName.IsValid(folder) && session.Catalog.Find(EnvironmentName.Parse(folder)) is { } archive
            && CanonicalPath.Resolve(archive.Path) == plan.Archive)
        {
            Keep(session, archive.Name, plan.Prefix);
        }
    }

    /// <summary>The same for a new or renamed environment.</summary>
    public static void Keep(Session session, EnvironmentName name)
    {
        if (new EnvironmentLinks(session.Layout).Folder is not null)
        {
            Keep(session, name, session.Planner.Plan(name.Value, directory: null).Prefix);
        }
    }

    /// <summary>The folder for links: conda's own one in the home directory if possible, otherwise the first that this user can write.</summary>
    public static string Choose(Session session)
    {
        var usual = Path.Combine(session.Home, ".conda", "envs");
        var folders = CondarcSettings.EnvironmentFolders(session.AllVariables, session.Home, CondaHere.Root(session));
        return folders.Where(Directory.Exists).Prepend(usual)
            .FirstOrDefault(folder => (Directory.Exists(folder) ? EnvironmentLinks.Objection(folder) : null) is null && CanMake(folder)) ?? usual;
    }

    private static bool CanMake(string folder)
    {
        var existing = folder;
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { } above)
        {
            existing = above;
        }

        return Directory.Exists(existing) && Writability.IsAllowed(existing);
    }

    private static void Keep(Session session, EnvironmentName name, string prefix)
    {
        var links = new EnvironmentLinks(session.Layout);
        try
        {
            if (links.Keep(name, prefix) == LinkOutcome.Taken)
            {
                Message.Warning($"{Path.Combine(links.Folder!, name.Value)} exists and is not a link of condafuse, so there is no link to '{name}'");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Message.Warning($"cannot link '{name}' in {links.Folder}: {failure.Message}");
        }
    }
}
