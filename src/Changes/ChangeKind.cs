namespace CondaFuse.Changes;

/// <summary>What a record of the journal says. The numbers are on disk: none is ever given another meaning.</summary>
public enum ChangeKind : byte
{
    /// <summary>A new entry with a name: Node, Directory, Name, Mode (with type), UserId, GroupId, Device; Value is a symlink's target.</summary>
    Create = 1,

    /// <summary>A new entry without a name: as Create, without Directory and Name. A nameless entry that had the number is replaced.</summary>
    CreateUnnamed = 2,

    /// <summary>One more name: Node, Directory, Name.</summary>
    Link = 3,

    /// <summary>A name less, of whatever kind: Directory, Name. A directory is empty then.</summary>
    Remove = 4,

    /// <summary>Directory, Name to Directory2, Name2; what had that name is gone.</summary>
    Rename = 5,

    /// <summary>Directory, Name and Directory2, Name2 change places.</summary>
    Exchange = 6,

    /// <summary>Attributes of Node: those that Fields names.</summary>
    SetAttributes = 7,

    /// <summary>Content of Node from Offset on: Length bytes at DataOffset of the data file, whose checksum is DataChecksum.</summary>
    Write = 8,

    /// <summary>Content of Node from Offset on: Length zeros that are not stored; the file grows if need be.</summary>
    Clear = 9,

    /// <summary>Content of Node from Offset on: the Length bytes that Node2 had at Offset2 then.</summary>
    Copy = 10,

    /// <summary>The Length bytes of Node from Offset on are cut out.</summary>
    Collapse = 11,

    /// <summary>Length zeros that are not stored are inserted in Node at Offset.</summary>
    Insert = 12,

    /// <summary>An extended attribute of Node: Name, Value.</summary>
    SetXattr = 13,

    /// <summary>An extended attribute of Node is gone: Name.</summary>
    RemoveXattr = 14,

    /// <summary>
    /// The first DataOffset bytes of the data file, and the first Offset bytes of the journal, were on the storage when this was written.
    /// </summary>
    Synced = 15,

    /// <summary>Node, which had no name any more, is forgotten by everybody: its content is dead.</summary>
    Forget = 16,
}
