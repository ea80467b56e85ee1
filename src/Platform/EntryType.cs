namespace CondaFuse.Platform;

/// <summary>What an entry of a directory is (<c>S_IFMT</c> shifted right by 12, which is also <c>d_type</c>).</summary>
public enum EntryType : byte
{
#pragma warning disable CS1591 // stat(2)
    Unknown = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    File = 8,
    Symlink = 10,
    Socket = 12,
#pragma warning restore CS1591
}
