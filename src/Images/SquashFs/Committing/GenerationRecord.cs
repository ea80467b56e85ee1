using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Creates the record of a generation that follows another one.</summary>
internal static class GenerationRecord
{
    /// <summary>The record without the fields that depend on the positions of tables.</summary>
    public static RawRecord After(Superblock superblock, PrivateRecord? before, Timestamp time)
    {
        var info = GenerationInfo.Of(before, superblock);
        var (low, high) = Identities.Halves(info.Identity);
        return new RawRecord
        {
            Magic = PrivateFormat.RecordMagic,
            MajorVersion = PrivateFormat.MajorVersion,
            MinorVersion = PrivateFormat.MinorVersion,
            IdentityLow = low,
            IdentityHigh = high,
            Generation = (ulong)info.Generation + 1,
            Seconds = time.Seconds,
            Nanoseconds = time.Nanoseconds,
            ParentGeneration = (ulong)info.Generation,
            ParentRecordStart = before?.Start ?? 0,
            ParentRecordLength = before?.Raw.Length ?? 0,
            ParentRecordChecksum = before?.Checksum ?? 0,
            ParentSuperblock = superblock.Raw,
        };
    }

    /// <summary>The segment that was merged into a generation; that of the previous generation is kept if there is no new one.</summary>
    public static Guid? MergedSegment(PrivateRecord? before, CommitOptions options) =>
        options.MergedSegment
            ?? (before is null ? null : Identities.Of(before.Tail.SegmentLow, before.Tail.SegmentHigh) is var segment
                && segment != Guid.Empty ? segment : null);

    public static RawRecordTail TailOf(in GenerationDifference difference, Guid? mergedSegment, long restored)
    {
        var (low, high) = Identities.Halves(mergedSegment ?? Guid.Empty);
        return new RawRecordTail
        {
            SegmentLow = low,
            SegmentHigh = high,
            Restored = (ulong)restored,
            Added = (ulong)difference.Added,
            AddedBytes = (ulong)difference.AddedBytes,
            Changed = (ulong)difference.Changed,
            ChangedBytes = (ulong)difference.ChangedBytes,
            Removed = (ulong)difference.Removed,
            RemovedBytes = (ulong)difference.RemovedBytes,
        };
    }
}
