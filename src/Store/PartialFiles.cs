using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>Files that a process was writing beside an archive when it was killed.</summary>
public static class PartialFiles
{
    private static readonly EnumerationOptions Plainly = new()
    {
        MatchType = MatchType.Simple,
        MatchCasing = MatchCasing.CaseSensitive,
        AttributesToSkip = FileAttributes.None,
    };

    /// <summary>
    /// Those of a folder that nobody writes any more. None where that cannot be known: where other hosts may write, and of other users.
    /// </summary>
    /// <param name="folder">The archives' folder.</param>
    /// <param name="archive">The name of the file that each was to become; <c>*</c> for any.</param>
    public static IReadOnlyList<string> Abandoned(string folder, string archive = "*")
    {
        if (!Directory.Exists(folder) || !FileSystems.IsLocal(folder))
        {
            return [];
        }

        return [
            .. Directory.EnumerateFiles(folder, $"{archive}.????????{SquashFsWriter.TemporarySuffix}", Plainly)
                .Where(file => IsArchive(file) && IsAlone(file))
        ];
    }

    /// <summary>Removes those of an archive.</summary>
    public static void RemoveOf(string image)
    {
        foreach (var file in Abandoned(Path.GetDirectoryName(image)!, Path.GetFileName(image)))
        {
            File.Delete(file);
        }
    }

    private static bool IsArchive(string file)
    {
        var target = Path.GetFileNameWithoutExtension(Path.GetFileNameWithoutExtension(file));
        return ArchiveFormats.All.Any(format => target.EndsWith(format.Extension(), StringComparison.Ordinal));
    }

    /// <summary>Whoever writes one has it open.</summary>
    private static bool IsAlone(string file)
    {
        try
        {
            using var alone = ExclusiveLease.TryTake(file);
            return alone is not null;
        }
        catch (PlatformException)
        {
            return false; // it has got its name meanwhile, or is somebody else's
        }
    }
}
