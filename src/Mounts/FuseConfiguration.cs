namespace CondaFuse.Mounts;

/// <summary>The administrator's settings for FUSE mounts of ordinary users (mount.fuse3(8)).</summary>
internal static class FuseConfiguration
{
    /// <summary>The configuration file.</summary>
    internal const string Path = "/etc/fuse.conf";

    /// <summary>The line that lets ordinary users mount for all users.</summary>
    internal const string UserAllowOther = "user_allow_other";

    /// <summary>Whether ordinary users may mount for all users; null if the file cannot be read: then only fusermount knows.</summary>
    internal static bool? ReadAllowsOther()
    {
        try
        {
            return AllowsOther(File.ReadAllText(Path));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The same, given the file's text.</summary>
    internal static bool AllowsOther(string text) => text.Split('\n').Any(line => line.Split('#')[0].Trim() == UserAllowOther);
}
