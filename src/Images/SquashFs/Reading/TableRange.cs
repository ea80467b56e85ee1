namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Where the metadata blocks of a table may lie.</summary>
/// <param name="Name">What people call the table.</param>
/// <param name="Start">Its first byte in the image.</param>
/// <param name="End">The first byte behind it.</param>
internal readonly record struct TableRange(string Name, long Start, long End)
{
    /// <summary>A metadata block of a length not yet known can start here: its header and one byte fit.</summary>
    public bool CanHoldBlockAt(long position) => position >= Start && position <= End - 3;
}
