namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Where an inode is: start of its metadata block, relative to the inode table, and offset in the block's content.</summary>
/// <param name="Value">Start in bits 16 to 47, offset in bits 0 to 15.</param>
internal readonly record struct InodeReference(ulong Value)
{
    public InodeReference(uint block, int offset)
        : this(((ulong)block << 16) | (ushort)offset)
    {
    }

    /// <summary>Start of the metadata block in bytes from the start of its table. From disk it may be up to 48 bits long.</summary>
    public long Block => (long)(Value >> 16);

    /// <summary>Offset in the block's content: below 8192 in a sound image.</summary>
    public int Offset => (int)(Value & 0xFFFF);
}
