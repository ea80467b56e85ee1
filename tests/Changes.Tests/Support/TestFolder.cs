using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests;

/// <summary>A change folder on some storage, as a mount sees it.</summary>
internal sealed class TestFolder(IStorage storage, string path = "/store/env.changes", int seed = 1)
{
    private static readonly Guid Image = new("00112233-4455-6677-8899-aabbccddeeff");
    private readonly Random _random = new(seed);

    public IStorage Storage { get; } = storage;

    public ChangeBase Base { get; set; } = new(Image, 1, Guid.Empty);

    public List<string> Messages { get; } = [];

    /// <summary>The holder of the writer lock.</summary>
    public TestLock? Lock { get; private set; }

    public ChangeFolder Open() => ChangeFolder.Open(Storage, path, Base, new ChangeFolderOptions
    {
        TakeLock = () => Lock is { IsHeld: true } ? throw new TreeException(TreeFailure.ReadOnly, "Another process writes.") : Lock = new TestLock(),
        Log = Messages.Add,
        Clock = new TestClock(),
        NewSegment = NewSegment,
    });

    /// <summary>Opens it and returns the stored changes.</summary>
    public ChangeFolder Replay(out List<KeptChange> changes)
    {
        var folder = Open();
        var sink = new KeepingSink();
        folder.Replay(sink);
        changes = sink.Changes;
        return folder;
    }

    /// <summary>The stored changes.</summary>
    public List<KeptChange> Changes()
    {
        using (Replay(out var changes))
        {
            return changes;
        }
    }

    private Guid NewSegment()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    internal sealed class TestLock : IDisposable
    {
        public bool IsHeld { get; private set; } = true;

        public void Dispose() => IsHeld = false;
    }

    private sealed class KeepingSink : IChangeSink
    {
        public List<KeptChange> Changes { get; } = [];

        public void Apply(in Change change) => Changes.Add(new KeptChange(change));
    }
}
