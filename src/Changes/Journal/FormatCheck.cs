namespace CondaFuse.Changes.Journal;

/// <summary>What every file of the journal is asked first.</summary>
internal static class FormatCheck
{
    public static void Magic(ulong found, ulong wanted, string file)
    {
        if (found != wanted)
        {
            throw new ChangesException(ChangesFault.NotAJournal, $"{file} does not begin as its name says.");
        }
    }

    public static void Version(ushort major, ushort minor, string file)
    {
        if (major != JournalFormat.MajorVersion)
        {
            throw new ChangesException(
                ChangesFault.Version, $"{file} has version {major}.{minor} of its format; this program knows version {JournalFormat.MajorVersion}: a newer one is needed.");
        }
    }

    public static void Sound(bool condition, string file, string what)
    {
        if (!condition)
        {
            throw new ChangesException(ChangesFault.Damaged, $"{file} is damaged: {what}.");
        }
    }
}
