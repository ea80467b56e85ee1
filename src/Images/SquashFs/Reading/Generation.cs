namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>A generation of an image.</summary>
/// <param name="Superblock">Its superblock.</param>
/// <param name="Record">Its record; null for another tool's image.</param>
internal sealed record Generation(Superblock Superblock, PrivateRecord? Record)
{
    /// <summary>0 for another tool's image.</summary>
    public long Number => (long)(Record?.Raw.Generation ?? 0);

    /// <summary>The file's current generation.</summary>
    public static Generation Current(ImageFile file)
    {
        var superblock = Superblock.Read(file);
        return new Generation(superblock, PrivateRecord.Read(file, superblock));
    }

    /// <summary>All generations in the file, the newest first.</summary>
    /// <exception cref="ImageException">One of their records or superblocks is damaged.</exception>
    public static IEnumerable<Generation> All(ImageFile file)
    {
        for (var generation = Current(file); generation is not null; generation = generation.Before(file))
        {
            yield return generation;
        }
    }

    /// <summary>Finds a generation.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.NoGeneration"/>.</exception>
    public static Generation Find(ImageFile file, long number)
    {
        var numbers = new List<long>();
        foreach (var generation in All(file))
        {
            if (generation.Number == number)
            {
                return generation;
            }

            numbers.Add(generation.Number);
        }

        throw new ImageException(ImageFault.NoGeneration, $"{file.Path} has no generation {number}, only {string.Join(", ", numbers.Order())}.");
    }

    /// <summary>The previous generation; null for the first one.</summary>
    private Generation? Before(ImageFile file)
    {
        if (Record is null || Record.Raw.ParentSuperblock.Magic == 0)
        {
            return null;
        }

        var superblock = Superblock.Check(Record.Raw.ParentSuperblock, file.Length, file.Path);
        return new Generation(superblock, Record.ReadParent(file));
    }
}
