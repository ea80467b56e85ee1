namespace CondaFuse.Changes;

/// <summary>The kind of a journal record. The numbers are stored on disk and never change their meaning.</summary>
public enum ChangeKind : byte
{
    /// <summary>A new entry with a name: Node, Directory, Name, Mode (with type), UserId, GroupId, Device; Value is a symlink's target.</summary>
    Create = 1,

    /// <summary>A new entry without a name: as Create, without Directory and Name. A nameless entry that had the number is replaced.</summary>
    CreateUnnamed = 2,

    /// <summary>One more name for an entry: Node, Directory, Name.</summary>
    Link = 3,

    /// <summary>Removes a name of an entry of any kind: Directory, Name. A directory must be empty.</summary>
    Remove = 4,

    /// <summary>Renames Directory, Name to Directory2, Name2, replacing the entry of that name.</summary>
    Rename = 5,

    /// <summary>Exchanges Directory, Name and Directory2, Name2.</summary>
    Exchange = 6,

    /// <summary>Sets the attributes of Node that Fields names.</summary>
    SetAttributes = 7,

    /// <summary>Writes content of Node at Offset: Length bytes at DataOffset of the data file, with checksum DataChecksum.</summary>
    Write = 8,

    /// <summary>Writes Length zeros to Node at Offset without storing them. The file grows if necessary.</summary>
    Clear = 9,

    /// <summary>Writes content of Node at Offset: the Length bytes that Node2 had at Offset2 at that time.</summary>
    Copy = 10,

    /// <summary>Cuts Length bytes out of Node at Offset.</summary>
    Collapse = 11,

    /// <summary>Inserts Length zeros into Node at Offset without storing them.</summary>
    Insert = 12,

    /// <summary>Sets an extended attribute of Node: Name, Value.</summary>
    SetXattr = 13,

    /// <summary>Removes an extended attribute of Node: Name.</summary>
    RemoveXattr = 14,

    /// <summary>
    /// The first DataOffset bytes of the data file and the first Offset bytes of the journal were on the storage when this was written.
    /// </summary>
    Synced = 15,

    /// <summary>Node had no names and has now been forgotten by the kernel: its content is dead.</summary>
    Forget = 16,
}
