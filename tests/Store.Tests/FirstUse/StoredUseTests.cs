using CondaFuse.Store.FirstUse;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.FirstUse;

public sealed class StoredUseTests : IDisposable
{
    private const int Length = 1_000_000;
    private readonly Sandbox _sandbox = new();
    private readonly FirstUseFile _file;
    private readonly StoredUse _use;
    private readonly string _archive;

    public StoredUseTests()
    {
        _file = new FirstUseFile(_sandbox.Layout.StoredUseFile(Guid.NewGuid()));
        _use = new StoredUse(_file);
        _archive = Path.Combine(_sandbox.Layout.ArchiveDirectory, "archive");
        Directory.CreateDirectory(_sandbox.Layout.ArchiveDirectory);
        File.WriteAllBytes(_archive, new byte[Length]);
    }

    [Fact]
    public void The_listed_parts_are_read_once_each()
    {
        _use.Add([new StoredRange(0, 100_000), new StoredRange(300_000, 50_000)], archiveLength: 900_000);
        _use.Add([new StoredRange(50_000, 100_000)], archiveLength: Length);
        Assert.Equal(200_000, Read());
    }

    [Fact]
    public void Small_gaps_are_read_too()
    {
        _use.Add([new StoredRange(100_000, 1), new StoredRange(150_000, 1)], Length);
        Assert.Equal(50_001, Read());
    }

    [Fact]
    public void Parts_of_a_longer_archive_are_not_read() // the archive was compacted
    {
        _use.Add([new StoredRange(0, 100)], Length + 1);
        Assert.Equal(0, Read());
    }

    [Fact]
    public void Ranges_after_the_end_are_left_out()
    {
        _use.Add([new StoredRange(Length - 50, 100), new StoredRange(2 * Length, 10)], archiveLength: 900);
        Assert.Equal(50, Read());
    }

    [Fact]
    public void Reading_ends_when_it_is_enough()
    {
        _use.Add([new StoredRange(0, 100)], Length);
        Assert.Equal(0, _use.Read(_archive, () => true));
    }

    [Fact]
    public void Reading_everything_adds_nothing()
    {
        _use.Add([new StoredRange(0, FirstUseList.MaxBytes + 1)], archiveLength: 1000);
        Assert.Empty(_file.Read());
    }

    private long Read() => _use.Read(_archive, () => false);

    public void Dispose() => _sandbox.Dispose();
}
