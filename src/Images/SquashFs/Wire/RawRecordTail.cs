using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>What minor versions add to a record, behind the message.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawRecordTail
{
    /// <summary>Identity of the last segment of the journal that went into this generation; 0 if none did.</summary>
    public ulong SegmentLow;

    public ulong SegmentHigh;

    /// <summary>The generation whose content this one gives back; 0 if it is no rollback.</summary>
    public ulong Restored;

    /// <summary>Entries that the generation before did not have.</summary>
    public ulong Added;

    /// <summary>Lengths of the files among them.</summary>
    public ulong AddedBytes;

    /// <summary>Entries whose attributes, content or names differ from the generation before.</summary>
    public ulong Changed;

    /// <summary>Lengths of the files among them whose content differs.</summary>
    public ulong ChangedBytes;

    /// <summary>Entries of the generation before that are gone.</summary>
    public ulong Removed;

    /// <summary>Lengths of the files among them. The last field of minor version 1.</summary>
    public ulong RemovedBytes;

    /// <summary>Start of the list of blocks of the table of pieces (<see cref="RawPiece"/>); 0 if there is none.</summary>
    public ulong PieceTable;

    /// <summary>Entries of the table of pieces.</summary>
    public uint PieceCount;

    public uint Reserved;
}
