namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// How far the current file repeats a run of stored blocks. SquashFS lists a file's blocks without gaps, so a file can share blocks only if all of
/// them are consecutive.
/// </summary>
internal sealed class FileRun
{
    private bool _open;

    /// <summary>First block of the run.</summary>
    public int Start { get; private set; }

    /// <summary>Number of blocks repeated so far; 0 after the run broke.</summary>
    public int Length { get; private set; }

    /// <summary>A file begins.</summary>
    public void Begin() => (_open, Length) = (true, 0);

    /// <summary>The file does not repeat the run.</summary>
    public void Break() => (_open, Length) = (false, 0);

    /// <summary>Whether the next block of the file continues the run.</summary>
    /// <param name="digest">The digest of the next block.</param>
    /// <param name="stored">Digests of all stored blocks.</param>
    /// <param name="ends">Blocks that a run must not extend to; null if there are none.</param>
    public bool Follows(in ContentDigest digest, DigestTable stored, HashSet<int>? ends)
    {
        if (!_open)
        {
            return false;
        }

        if (Length == 0)
        {
            var start = stored.Find(digest);
            (Start, Length) = start < 0 ? (Start, 0) : (start, 1);
            return start >= 0;
        }

        if (Start + Length >= stored.Count || stored[Start + Length] != digest || ends?.Contains(Start + Length) == true)
        {
            return false;
        }

        Length++;
        return true;
    }
}
