using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>Temporary files beside an archive that a killed process left.</summary>
public static class PartialFiles
{
    private static readonly EnumerationOptions Plainly = new()
    {
        MatchType = MatchType.Simple,
        MatchCasing = MatchCasing.CaseSensitive,
        AttributesToSkip = FileAttributes.None,
    };

    /// <summary>
    /// The temporary files in a folder that no process writes any more. Empty if that cannot be determined because other hosts may write there.
    /// Other users' files are left out.
    /// </summary>
    /// <param name="folder">The folder of the archives.</param>
    /// <param name="archive">The final name of the files; <c>*</c> for any.</param>
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

    /// <summary>Whether no process has the file open, as its writer would.</summary>
    private static bool IsAlone(string file)
    {
        try
        {
            using var alone = ExclusiveLease.TryTake(file);
            return alone is not null;
        }
        catch (PlatformException)
        {
            return false; // it was renamed meanwhile, or belongs to another user
        }
    }
}
