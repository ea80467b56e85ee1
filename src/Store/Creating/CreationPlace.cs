namespace CondaFuse.Store.Creating;

/// <summary>Where conda makes a new environment before it is sealed.</summary>
public enum CreationPlace
{
    /// <summary>On the plain file system, at the path where it will be mounted.</summary>
    Native,

    /// <summary>In an empty mount at that path: its files are two files of the file system.</summary>
    Mount,
}
