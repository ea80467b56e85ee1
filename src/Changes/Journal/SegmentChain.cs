using CondaFuse.Platform;

namespace CondaFuse.Changes.Journal;

/// <summary>The active segments of a folder for an image, in order. Each builds on the one before.</summary>
internal sealed class SegmentChain : IDisposable
{
    private readonly HashSet<int> _seen;

    private SegmentChain(IEnumerable<int> seen, IReadOnlyList<Segment> segments)
    {
        _seen = [.. seen];
        Segments = segments;
    }

    public IReadOnlyList<Segment> Segments { get; }

    /// <summary>The chain of a folder that does not exist.</summary>
    public static SegmentChain None => new([], []);

    /// <summary>Finds the active segments and reads them.</summary>
    /// <exception cref="ChangesException">A segment cannot be used.</exception>
    public static SegmentChain Open(IStorageFolder folder, ChangeBase image)
    {
        var all = new List<Segment>();
        var numbers = Numbers(folder);
        try
        {
            foreach (var number in numbers)
            {
                all.Add(Segment.Open(folder, number));
            }

            var inForce = InForce(all, image, folder.Path);
            foreach (var segment in all.Except(inForce))
            {
                segment.Dispose();
            }

            Scan(inForce, folder);
            return new SegmentChain(numbers, inForce);
        }
        catch
        {
            all.ForEach(segment => segment.Dispose());
            throw;
        }
    }

    /// <summary>Whether the folder is unchanged since it was read. Inactive files may be missing.</summary>
    public bool IsUnchanged(IStorageFolder folder)
    {
        var numbers = Numbers(folder);
        return numbers.All(_seen.Contains) && Segments.All(segment => numbers.Contains(segment.Number) && IsUnchanged(folder, segment));
    }

    /// <summary>Closes the journals after the replay; content stays readable.</summary>
    public void CloseJournals()
    {
        foreach (var segment in Segments)
        {
            segment.CloseJournal();
        }
    }

    public void Dispose()
    {
        foreach (var segment in Segments)
        {
            segment.Dispose();
        }
    }

    private static bool IsUnchanged(IStorageFolder folder, Segment segment)
    {
        using var now = Segment.Open(folder, segment.Number);
        if (now.Header != segment.Header)
        {
            return false;
        }

        using var journal = folder.Open(SegmentNames.Journal(segment.Number), StorageAccess.Read);
        return segment.HasSameRest(journal);
    }

    private static int[] Numbers(IStorageFolder folder) =>
        [.. folder.List()
            .Select(name => SegmentNames.TryParse(name, SegmentNames.JournalEnding, out var number) ? number : 0)
            .Where(number => number > 0)
            .Order()];

    /// <summary>Leaves out segments that were replaced or merged. The others must continue from the image without a gap.</summary>
    private static List<Segment> InForce(List<Segment> all, ChangeBase image, string path)
    {
        var replaced = all.Count == 0 ? 0 : all.Max(segment => segment.Header.Replaces);
        var left = all.Where(segment => segment.Number > replaced).ToList();
        var merged = image.Merged == Guid.Empty ? -1 : left.FindIndex(segment => segment.Header.Segment == image.Merged);
        left.RemoveRange(0, merged + 1);
        for (var index = 0; index < left.Count; index++)
        {
            var header = left[index].Header;
            var before = index > 0 ? left[index - 1].Header.Segment : header.Parent == image.Merged ? image.Merged : Guid.Empty;
            RequireFits(header, before, image, $"{path}/{SegmentNames.Journal(left[index].Number)}");
        }

        return left;
    }

    private static void RequireFits(SegmentHeader header, Guid before, ChangeBase image, string file)
    {
        if (header.Image != image.Image)
        {
            throw new ChangesException(
                ChangesFault.OtherImage, $"{file} holds changes of another image ({header.Image:N}) than this one ({image.Image:N}).");
        }

        if (before == Guid.Empty && header.Generation != image.Generation)
        {
            throw new ChangesException(
                ChangesFault.OtherGeneration,
                $"{file} holds changes of generation {header.Generation} of the image, which is at generation {image.Generation}.")
            {
                Generation = header.Generation,
            };
        }

        if (before == Guid.Empty && header.Merged != 0 && header.Merged != SegmentHeader.StartOf(image.Merged))
        {
            throw new ChangesException(
                ChangesFault.OtherGeneration,
                $"{file} holds changes of generation {header.Generation} of a copy of the image, not of this image.")
            {
                Generation = header.Generation,
            };
        }

        if (header.Parent != before)
        {
            throw new ChangesException(
                ChangesFault.Incomplete, $"{file} continues changes ({header.Parent:N}) that are neither in the image nor beside it.");
        }
    }

    private static void Scan(List<Segment> segments, IStorageFolder folder)
    {
        for (var index = 0; index < segments.Count; index++)
        {
            segments[index].Scan(folder);
            if (index > 0)
            {
                RequireEnd(segments[index - 1], segments[index].Header, folder);
            }
        }
    }

    /// <summary>A segment that another one continues must have been complete on the storage.</summary>
    private static void RequireEnd(Segment segment, SegmentHeader next, IStorageFolder folder) => FormatCheck.Sound(
        segment.Length == next.ParentLength && segment.Checksum == next.ParentChecksum,
        $"{folder.Path}/{SegmentNames.Journal(segment.Number)}",
        $"only {segment.Length} of its {next.ParentLength} bytes can be read");
}
