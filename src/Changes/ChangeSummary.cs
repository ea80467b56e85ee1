using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>What is waiting beside an image.</summary>
/// <param name="Changes">How many changes.</param>
/// <param name="JournalBytes">Bytes of their records.</param>
/// <param name="DataBytes">Bytes of their content.</param>
/// <param name="LastChange">When the last one was made; null if there is none.</param>
public readonly record struct ChangeSummary(long Changes, long JournalBytes, long DataBytes, Timestamp? LastChange);
