namespace CondaFuse.Store;

/// <summary>Kinds of archive.</summary>
public enum ArchiveFormat
{
    /// <summary>SquashFS 4.0.</summary>
    SquashFs,

    /// <summary>Zip, as the original script keeps its environments.</summary>
    Zip,
}
