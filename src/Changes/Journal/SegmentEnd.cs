namespace CondaFuse.Changes.Journal;

/// <summary>Where a segment is to be continued.</summary>
/// <param name="Journal">Bytes of its records.</param>
/// <param name="Checksum">Checksum of the last one.</param>
/// <param name="Data">Bytes of its data file.</param>
/// <param name="VouchedData">Bytes of its data file that a record says are on the storage: none of them may be written again.</param>
internal readonly record struct SegmentEnd(long Journal, uint Checksum, long Data, long VouchedData);
