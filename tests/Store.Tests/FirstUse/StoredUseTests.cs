using CondaFuse.Images;
using CondaFuse.Store.FirstUse;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.FirstUse;

public sealed class StoredUseTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly FirstUseFile _file;
    private readonly StoredUse _use;

    public StoredUseTests()
    {
        _file = new FirstUseFile(_sandbox.Layout.StoredUseFile(Guid.NewGuid()));
        _use = new StoredUse(_file);
    }

    [Fact]
    public void Parts_of_a_longer_archive_are_left_out()
    {
        _use.Add([new StoredRange(0, 100)], archiveLength: 900);
        _use.Add([new StoredRange(200, 100)], archiveLength: 1001);
        Assert.Equal([new StoredRange(0, 100)], _use.PartsOf(1000));
    }

    [Fact]
    public void Reading_everything_adds_nothing()
    {
        _use.Add([new StoredRange(0, FirstUseList.MaxBytes + 1)], archiveLength: 1000);
        Assert.Empty(_file.Read());
    }

    public void Dispose() => _sandbox.Dispose();
}
