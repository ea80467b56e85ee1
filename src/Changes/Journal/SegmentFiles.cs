using System.Globalization;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>Creates and removes the files of segments. The caller holds the writer lock.</summary>
internal sealed class SegmentFiles(IStorageFolder folder, ChangeFolderOptions options, ChangeBase image) : IDisposable
{
    /// <summary>The generation that the segments are for; a commit updates it.</summary>
    public ChangeBase Image { get; set; } = image;

    public IStorageFolder Folder => folder;

    public FreeSpace FreeSpace => Space(folder);

    public static FreeSpace Space(IStorageFolder folder)
    {
        try
        {
            var space = folder.Space;
            return new FreeSpace(space.TotalBytes, space.FreeBytes, space.AvailableBytes);
        }
        catch (PlatformException e)
        {
            throw StorageFailure.Of(e);
        }
    }

    /// <summary>
    /// Creates a segment that is not active yet: its files and headers are on the storage, with the journal under its temporary name.
    /// </summary>
    public SegmentWriter Make(SegmentHeader header, long dataStart)
    {
        IStorageFile? data = null;
        IStorageFile? journal = null;
        var number = NextNumber();
        try
        {
            data = folder.Open(SegmentNames.Data(number), StorageAccess.Create);
            data.WriteAt(0, DataHeader.ToBytes(header.Segment));
            data.Sync();
            journal = folder.Open(SegmentNames.New(number), StorageAccess.Create);
            journal.WriteAt(0, header.ToBytes(out var written));
            journal.Sync();
            var end = new SegmentEnd(JournalFormat.SegmentHeader, written.Checksum, JournalFormat.DataHeader, JournalFormat.DataHeader);
            return new SegmentWriter(number, written, journal, data, dataStart, end);
        }
        catch (PlatformException)
        {
            data?.Dispose();
            journal?.Dispose();
            TryRemove(SegmentNames.New(number));
            TryRemove(SegmentNames.Data(number));
            throw;
        }
    }

    /// <summary>Opens a segment for appending, and cuts off anything after its end.</summary>
    public SegmentWriter Continue(Segment segment, long dataStart)
    {
        IStorageFile? data = null;
        var journal = folder.Open(SegmentNames.Journal(segment.Number), StorageAccess.Write);
        try
        {
            data = folder.Open(SegmentNames.Data(segment.Number), StorageAccess.Write);
            if (segment.Length < segment.FileLength)
            {
                journal.Truncate(segment.Length);
                journal.Sync();
            }

            var dataLength = data.Length;
            var dataEnd = Math.Max(segment.VouchedData, Math.Min(segment.ContentEnd, dataLength));
            if (dataLength > dataEnd)
            {
                data.Truncate(dataEnd);
            }

            return new SegmentWriter(
                segment.Number, segment.Header, journal, data, dataStart,
                new SegmentEnd(segment.Length, segment.Checksum, dataEnd, segment.VouchedData));
        }
        catch
        {
            journal.Dispose();
            data?.Dispose();
            throw;
        }
    }

    /// <summary>The header of a new segment.</summary>
    public SegmentHeader NewHeader(ulong nextInode)
    {
        return new SegmentHeader
        {
            Segment = options.NewSegment(),
            Image = Image.Image,
            Generation = Image.Generation,
            Merged = SegmentHeader.StartOf(Image.Merged),
            FirstInode = nextInode,
            Begun = Timestamp.Now(options.Clock),
        };
    }

    /// <summary>Activates a new segment. If that fails, it is removed and an exception is thrown.</summary>
    /// <returns>Null, or why it is unknown whether the rename is on the storage: then the segment is active, but accepts no changes.</returns>
    public TreeException? PutInForce(SegmentWriter segment)
    {
        try
        {
            folder.Sync();
            folder.Rename(SegmentNames.New(segment.Number), SegmentNames.Journal(segment.Number));
        }
        catch (PlatformException e)
        {
            if (!MayBeThere(SegmentNames.Journal(segment.Number)))
            {
                Discard(segment);
                throw StorageFailure.Of(e);
            }

            return Failed(segment, e);
        }

        try
        {
            folder.Sync();
            return null;
        }
        catch (PlatformException e)
        {
            return Failed(segment, e);
        }
    }

    /// <summary>Removes a segment that was never activated.</summary>
    public void Discard(SegmentWriter segment)
    {
        segment.Dispose();
        TryRemove(SegmentNames.New(segment.Number));
        TryRemove(SegmentNames.Data(segment.Number));
    }

    /// <summary>
    /// Removes the segments up to a number, the oldest first. Each removal is synced before the next: a segment left without those that replaced or
    /// continued it would be mistaken for unmerged changes. Failures are logged and left to the next writer.
    /// </summary>
    public void RemoveUpTo(int number)
    {
        try
        {
            var old = Numbers(SegmentNames.JournalEnding).Where(candidate => candidate <= number).Order().ToArray();
            for (var index = 0; index < old.Length; index++)
            {
                folder.Remove(SegmentNames.Journal(old[index]));
                folder.Sync();
            }

            RemoveStrayFiles();
        }
        catch (PlatformException e)
        {
            options.Log($"Changes that are not needed any more could not be removed: {e.Message}");
        }
    }

    /// <summary>Removes data files without a journal, and unfinished segments.</summary>
    public void RemoveStrayFiles()
    {
        foreach (var number in Numbers(SegmentNames.NewEnding))
        {
            TryRemove(SegmentNames.New(number));
        }

        foreach (var number in Numbers(SegmentNames.DataEnding).Except(Numbers(SegmentNames.JournalEnding)))
        {
            TryRemove(SegmentNames.Data(number));
        }
    }

    public void Dispose() => folder.Dispose();

    private int NextNumber() =>
        1 + new[] { SegmentNames.JournalEnding, SegmentNames.NewEnding, SegmentNames.DataEnding }.SelectMany(Numbers).DefaultIfEmpty().Max();

    private int[] Numbers(string ending) =>
        [.. folder.List().Select(name => SegmentNames.TryParse(name, ending, out var number) ? number : 0).Where(number => number > 0)];

    private static TreeException Failed(SegmentWriter segment, PlatformException e)
    {
        var failure = StorageFailure.Of(e);
        segment.Fail(failure);
        return failure;
    }

    private bool MayBeThere(string name)
    {
        try
        {
            return folder.List().Contains(name, StringComparer.Ordinal);
        }
        catch (PlatformException)
        {
            return true;
        }
    }

    private void TryRemove(string name)
    {
        try
        {
            folder.Remove(name);
        }
        catch (PlatformException e) when (e.Errno == Errno.ENOENT)
        {
        }
        catch (PlatformException e)
        {
            options.Log($"A file that is not needed any more could not be removed: {e.Message}");
        }
    }
}

/// <summary>The names of a segment's files.</summary>
internal static class SegmentNames
{
    public const string JournalEnding = ".journal";
    public const string DataEnding = ".data";
    public const string NewEnding = ".journal.new";
    private const int Digits = 8;

    public static string Journal(int number) => Number(number) + JournalEnding;

    public static string Data(int number) => Number(number) + DataEnding;

    public static string New(int number) => Number(number) + NewEnding;

    /// <summary>Reads the number from the name of a segment's file with this ending.</summary>
    /// <returns>False if it is not such a name. The file then belongs to someone else and is not touched.</returns>
    public static bool TryParse(string name, string ending, out int number)
    {
        number = 0;
        return name.Length == Digits + ending.Length
            && name.EndsWith(ending, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }

    private static string Number(int number) => number.ToString("D8", CultureInfo.InvariantCulture);
}
