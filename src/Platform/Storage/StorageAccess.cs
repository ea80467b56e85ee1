namespace CondaFuse.Platform;

/// <summary>How to open a file.</summary>
public enum StorageAccess
{
    /// <summary>To read what is there.</summary>
    Read,

    /// <summary>To read and write what is there.</summary>
    Write,

    /// <summary>To read and write a new file (0666 less the umask); there is none of that name (EEXIST).</summary>
    Create,

    /// <summary>The same, but 0600: for a file that gets its permissions by its descriptor afterwards.</summary>
    CreatePrivate,
}
