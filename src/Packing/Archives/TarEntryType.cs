namespace CondaFuse.Packing.Archives;

/// <summary>What an entry of a tar archive is: <c>typeflag</c>.</summary>
internal enum TarEntryType : byte
{
    File = (byte)'0',
    HardLink = (byte)'1',
    Symlink = (byte)'2',
    CharacterDevice = (byte)'3',
    BlockDevice = (byte)'4',
    Directory = (byte)'5',
    Fifo = (byte)'6',

    /// <summary>Attributes of the next entry that do not fit into its header.</summary>
    Extended = (byte)'x',
}
