using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>An existing segment, open for reading, and how far it can be read.</summary>
internal sealed class Segment : IDisposable
{
    private readonly string _path;
    private readonly IStorageFile _journal;
    private IStorageFile? _data;

    private Segment(int number, string path, SegmentHeader header, IStorageFile journal, long fileLength)
    {
        Number = number;
        _path = path;
        Header = header;
        _journal = journal;
        FileLength = fileLength;
        NextInode = header.FirstInode;
        Length = JournalFormat.SegmentHeader;
        Checksum = header.Checksum;
    }

    public int Number { get; }

    public SegmentHeader Header { get; }

    /// <summary>Length of its journal when it was opened.</summary>
    public long FileLength { get; }

    /// <summary>Where the last complete record ends. After <see cref="Replay"/>, the content of that record is complete too.</summary>
    public long Length { get; private set; }

    /// <summary>The checksum of that record.</summary>
    public uint Checksum { get; private set; }

    /// <summary>How many bytes of its data file a record vouches for.</summary>
    public long VouchedData { get; private set; } = JournalFormat.DataHeader;

    /// <summary>The end of the content that records name.</summary>
    public long ContentEnd { get; private set; } = JournalFormat.DataHeader;

    /// <summary>Above all inode numbers that its records assign.</summary>
    public ulong NextInode { get; private set; }

    /// <summary>Number of changes in it.</summary>
    public long Changes { get; private set; }

    /// <summary>When the last of them was made.</summary>
    public Timestamp? LastChange { get; private set; }

    /// <summary>Its data file, available after <see cref="Scan"/>.</summary>
    public IStorageFile Data => _data!;

    /// <summary>Opens a segment and checks its header.</summary>
    public static Segment Open(IStorageFolder folder, int number)
    {
        var name = SegmentNames.Journal(number);
        var journal = folder.Open(name, StorageAccess.Read);
        try
        {
            Span<byte> bytes = stackalloc byte[JournalFormat.SegmentHeader];
            var path = $"{folder.Path}/{name}";
            var header = SegmentHeader.Parse(bytes[..journal.ReadAt(0, bytes)], path);
            return new Segment(number, path, header, journal, journal.Length);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Reads the records without replaying them, to find how many are complete and what they say about the segment.</summary>
    /// <exception cref="ChangesException"><see cref="ChangesFault.Damaged"/>.</exception>
    public void Scan(IStorageFolder folder)
    {
        OpenData(folder);
        var reader = Reader(FileLength);
        while (reader.TryRead())
        {
            Note(Decode(reader, 0));
        }

        (Length, Checksum) = (reader.Position, reader.Checksum);
        FormatCheck.Sound(
            Length == FileLength || !reader.WasSyncedBeyondPosition(),
            _path,
            $"the records after byte {Length}, which were written, cannot be read any more");
        FormatCheck.Sound(
            VouchedData <= Data.Length, _path, $"its data file has {Data.Length} bytes, but {VouchedData} were written");
    }

    /// <summary>Replays its changes up to the first whose content was not stored.</summary>
    public void Replay(IChangeSink sink, long dataStart)
    {
        var reader = Reader(Length);
        var content = new ContentCheck(Data);
        var end = (Length: (long)JournalFormat.SegmentHeader, Header.Checksum);
        while (reader.TryRead())
        {
            var change = Decode(reader, dataStart);
            if (change.Kind == ChangeKind.Write && change.DataOffset - dataStart + change.Length > VouchedData && !content.IsWhole(change, dataStart))
            {
                break;
            }

            if (change.Kind != ChangeKind.Synced)
            {
                sink.Apply(change);
            }

            end = (reader.Position, reader.Checksum);
        }

        (Length, Checksum) = end;
    }

    /// <summary>Whether another journal has the same bytes after the last complete record as this one.</summary>
    public bool HasSameRest(IStorageFile journal)
    {
        var rest = FileLength - Length;
        return journal.Length == FileLength && (rest == 0 || ContentCheck.Of(journal, Length, rest) == ContentCheck.Of(_journal, Length, rest));
    }

    /// <summary>Returns when the segment is on the storage.</summary>
    public void Sync()
    {
        Data.Sync();
        _journal.Sync();
    }

    public void CloseJournal() => _journal.Dispose();

    public void Dispose()
    {
        _journal.Dispose();
        _data?.Dispose();
    }

    private void OpenData(IStorageFolder folder)
    {
        var name = SegmentNames.Data(Number);
        _data = folder.Open(name, StorageAccess.Read);
        Span<byte> bytes = stackalloc byte[JournalFormat.DataHeader];
        DataHeader.Check(bytes[.._data.ReadAt(0, bytes)], Header.Segment, $"{folder.Path}/{name}");
    }

    private SegmentReader Reader(long length) => new(_journal, length, JournalFormat.SegmentHeader, Header.Checksum);

    private Change Decode(SegmentReader reader, long dataStart)
    {
        var isSound = ChangeCodec.TryDecode(reader.Kind, reader.Fields, dataStart, out var change);
        FormatCheck.Sound(isSound, _path, $"the record at byte {reader.RecordStart} is of an unknown kind");
        return change;
    }

    private void Note(in Change change)
    {
        switch (change.Kind)
        {
            case ChangeKind.Synced:
                VouchedData = Math.Max(VouchedData, change.DataOffset);
                return;
            case ChangeKind.Forget:
                return;
            case ChangeKind.Create or ChangeKind.CreateUnnamed:
                NextInode = Math.Max(NextInode, change.Node + 1);
                break;
            case ChangeKind.Write:
                ContentEnd = Math.Max(ContentEnd, change.DataOffset + change.Length);
                break;
            default:
                break;
        }

        Changes++;
        LastChange = change.Time;
    }
}
