using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Takes a limited number of entries, then refuses.</summary>
internal sealed class TakingSink(int max) : IDirectorySink
{
    public List<(string Name, ulong Inode, ulong Cookie)> Taken { get; } = [];

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        if (Taken.Count == max)
        {
            return false;
        }

        Taken.Add((Convert.ToHexString(name), entry.Inode, entry.Cookie));
        return true;
    }
}
