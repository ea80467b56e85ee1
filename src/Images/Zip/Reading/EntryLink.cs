namespace CondaFuse.Images.Zip.Reading;

/// <summary>One name of a directory.</summary>
/// <param name="Parent">The directory's inode number.</param>
/// <param name="Inode">What it names.</param>
/// <param name="NameOffset">Where the name begins in the table's names.</param>
/// <param name="NameLength">Its bytes.</param>
internal readonly record struct EntryLink(int Parent, int Inode, int NameOffset, byte NameLength);
