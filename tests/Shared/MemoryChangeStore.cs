using CondaFuse.Changes;
using CondaFuse.Tree;

namespace CondaFuse.Tests.Shared;

/// <summary>Changes in memory. They survive disposal: use <see cref="Reopen"/>.</summary>
internal sealed class MemoryChangeStore : IChangeStore
{
    private MemoryDisk _disk = new();

    public ulong NextInode => _disk.NextInode;

    public FreeSpace FreeSpace { get; set; } = new(1L << 40, 1L << 39, 1L << 39);

    /// <summary>Called before every append; its result is thrown.</summary>
    public Func<Exception?> Fails { get; set; } = () => null;

    public int Records => _disk.Changes.Count;

    public long DataLength => _disk.Data.Length;

    public int Replacements { get; private set; }

    public int Syncs { get; private set; }

    public IReadOnlyList<KeptChange> Changes => _disk.Changes;

    /// <summary>The same changes, opened by a new process.</summary>
    public MemoryChangeStore Reopen() => new() { _disk = _disk, FreeSpace = FreeSpace, Replacements = Replacements };

    public void Add(KeptChange change) => _disk.Changes.Add(change);

    public void Replay(IChangeSink sink)
    {
        foreach (var change in _disk.Changes)
        {
            sink.Apply(change.Open());
        }
    }

    public void ReadData(long offset, Span<byte> destination) => _disk.Read(offset, destination);

    public void Sync() => Throw();

    public IChangeLog BeginWriting(ulong nextInode)
    {
        Throw();
        _disk.NextInode = nextInode;
        return new Log(this, _disk);
    }

    public void Dispose()
    {
    }

    private void Throw()
    {
        if (Fails() is { } exception)
        {
            throw exception;
        }
    }

    private sealed class MemoryDisk
    {
        private readonly Lock _gate = new();

        public ulong NextInode { get; set; }

        public List<KeptChange> Changes { get; } = [];

        public MemoryStream Data { get; } = new();

        public int SealedChanges { get; set; }

        public void Append(ReadOnlySpan<byte> content)
        {
            lock (_gate)
            {
                Data.Position = Data.Length;
                Data.Write(content);
            }
        }

        public void Read(long offset, Span<byte> destination)
        {
            lock (_gate)
            {
                Data.Position = offset;
                Data.ReadExactly(destination);
            }
        }
    }

    private sealed class Log(MemoryChangeStore store, MemoryDisk disk) : IChangeLog
    {
        public long DataLength => disk.Data.Length;

        public long JournalLength { get; private set; }

        public long UnsyncedBytes { get; private set; }

        public Guid Segment { get; private set; } = Guid.NewGuid();

        public FreeSpace FreeSpace => store.FreeSpace;

        public long AppendData(ReadOnlySpan<byte> content, out uint checksum)
        {
            store.Throw();
            checksum = 0;
            var start = disk.Data.Length;
            disk.Append(content);
            UnsyncedBytes += content.Length;
            return start;
        }

        public void Append(in Change change)
        {
            store.Throw();
            disk.Changes.Add(new KeptChange(change));
            JournalLength += 64 + change.Value.Length;
            UnsyncedBytes += 64;
        }

        public void Sync()
        {
            store.Throw();
            store.Syncs++;
            UnsyncedBytes = 0;
        }

        public void ReadData(long offset, Span<byte> destination) => disk.Read(offset, destination);

        public IReplacementLog BeginReplacement(ulong nextInode) => new Replacement(store, new MemoryDisk { NextInode = nextInode });

        public Guid Seal(ulong nextInode, Action<IChangeLog>? begin = null)
        {
            Sync();
            var sealedChanges = disk.Changes.Count;
            try
            {
                begin?.Invoke(this);
            }
            catch
            {
                disk.Changes.RemoveRange(sealedChanges, disk.Changes.Count - sealedChanges);
                throw;
            }

            disk.SealedChanges = sealedChanges;
            var segment = Segment;
            Segment = Guid.NewGuid();
            return segment;
        }

        public void Unseal() => disk.SealedChanges = 0;

        public void Merged(Guid segment, long generation)
        {
            disk.Changes.RemoveRange(0, disk.SealedChanges);
            disk.SealedChanges = 0;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Replacement(MemoryChangeStore store, MemoryDisk disk) : IReplacementLog
    {
        private readonly Log _log = new(store, disk);

        IChangeLog IReplacementLog.Log => _log;

        public IChangeLog Commit()
        {
            store.Throw();
            store._disk = disk;
            store.Replacements++;
            return _log;
        }

        public void Dispose()
        {
        }
    }
}
