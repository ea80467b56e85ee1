namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_entry_out</c> and <c>fuse_open_out</c>: reply to CREATE and TMPFILE.</summary>
/// <param name="Entry">The new node.</param>
/// <param name="Open">Its open file.</param>
public readonly record struct CreateReply(EntryReply Entry, OpenReply Open);
