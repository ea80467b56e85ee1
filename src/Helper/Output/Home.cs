namespace CondaFuse.Helper.Output;

/// <summary>Paths for a person: <c>~</c> in place of the home directory.</summary>
internal static class Home
{
    /// <summary>The path, shortened where it lies below the home directory.</summary>
    public static string Shorten(Session session, string path)
    {
        var home = Path.TrimEndingDirectorySeparator(session.Home);
        return home.Length > 1 && path.StartsWith($"{home}/", StringComparison.Ordinal) ? $"~{path[home.Length..]}" : path;
    }
}
