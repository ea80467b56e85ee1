using CondaFuse.Platform;

namespace CondaFuse.Tests.Shared;

/// <summary>A storage in memory that records all operations, and fails on request.</summary>
internal sealed class RecordedStorage : IStorage
{
    private readonly Lock _gate = new();
    private int _lastFile;

    public RecordedStorage()
    {
    }

    /// <param name="folders">The files at the beginning, all of them synced.</param>
    public RecordedStorage(IEnumerable<(string Folder, IEnumerable<(string Name, StoredFile File)> Files)> folders)
    {
        var known = new Dictionary<int, StoredFile>();
        foreach (var (folder, files) in folders)
        {
            var names = Folders[folder] = new Dictionary<string, StoredFile>(StringComparer.Ordinal);
            foreach (var (name, file) in files)
            {
                if (!known.TryGetValue(file.Number, out var copy))
                {
                    copy = known[file.Number] = file.Copy();
                    _lastFile = Math.Max(_lastFile, file.Number);
                }

                names[name] = copy;
            }
        }
    }

    /// <summary>All events, in order.</summary>
    public List<StorageEvent> Events { get; } = [];

    /// <summary>The number of events; usable while other threads continue.</summary>
    public int EventCount
    {
        get
        {
            lock (_gate)
            {
                return Events.Count;
            }
        }
    }

    /// <summary>Called before every operation; its result is the operation's error.</summary>
    public Func<StorageEvent, Errno> Fails { get; set; } = _ => Errno.None;

    /// <summary>How much a failing write has written, given its length.</summary>
    public Func<int, int> WrittenBeforeFailing { get; set; } = length => length / 2;

    public Dictionary<string, Dictionary<string, StoredFile>> Folders { get; } = new(StringComparer.Ordinal);

    public IStorageFolder? TryOpenFolder(string path)
    {
        lock (_gate)
        {
            return Folders.ContainsKey(path) ? new Folder(this, path) : null;
        }
    }

    public IStorageFolder MakeFolder(string path)
    {
        lock (_gate)
        {
            if (!Folders.ContainsKey(path))
            {
                Do(
                    new StorageEvent(StorageEventKind.MakeFolder, path),
                    () => Folders.Add(path, new Dictionary<string, StoredFile>(StringComparer.Ordinal)));
            }
        }

        return new Folder(this, path);
    }

    private void Do(in StorageEvent made, Action effect)
    {
        if (Fails(made) is var errno and not Errno.None)
        {
            throw new PlatformException(errno, made.Kind.ToString(), made.Name);
        }

        effect();
        Events.Add(made);
    }

    private sealed class Folder(RecordedStorage storage, string path) : IStorageFolder
    {
        private Dictionary<string, StoredFile> Names => storage.Folders[path];

        public string Path => path;

        public StorageSpace Space => new(1L << 40, 1L << 39, 1L << 38);

        public IReadOnlyList<string> List()
        {
            lock (storage._gate)
            {
                return [.. Names.Keys];
            }
        }

        public IStorageFile Open(string name, StorageAccess access)
        {
            lock (storage._gate)
            {
                if (access != StorageAccess.Create)
                {
                    return new OpenFile(storage, Existing(name), access == StorageAccess.Write);
                }

                if (Names.ContainsKey(name))
                {
                    throw new PlatformException(Errno.EEXIST, "open", name);
                }

                var file = new StoredFile(storage._lastFile + 1);
                storage.Do(new StorageEvent(StorageEventKind.Create, path, name, File: file.Number), () => Names.Add(name, file));
                storage._lastFile++;
                return new OpenFile(storage, file, canWrite: true);
            }
        }

        public void Rename(string from, string to)
        {
            lock (storage._gate)
            {
                var file = Existing(from);
                storage.Do(new StorageEvent(StorageEventKind.Rename, path, from, to), () =>
                {
                    Names.Remove(from);
                    Names[to] = file;
                });
            }
        }

        public void Remove(string name)
        {
            lock (storage._gate)
            {
                Existing(name);
                storage.Do(new StorageEvent(StorageEventKind.Remove, path, name), () => Names.Remove(name));
            }
        }

        public void Sync()
        {
            lock (storage._gate)
            {
                storage.Do(new StorageEvent(StorageEventKind.SyncFolder, path), () => { });
            }
        }

        public void Dispose()
        {
        }

        private StoredFile Existing(string name) =>
            Names.TryGetValue(name, out var file) ? file : throw new PlatformException(Errno.ENOENT, "open", name);
    }

    private sealed class OpenFile(RecordedStorage storage, StoredFile file, bool canWrite) : IStorageFile
    {
        private bool _isClosed;

        public long Length
        {
            get
            {
                lock (storage._gate)
                {
                    ObjectDisposedException.ThrowIf(_isClosed, this);
                    return file.Length;
                }
            }
        }

        public int ReadAt(long offset, Span<byte> destination)
        {
            lock (storage._gate)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                var count = (int)Math.Clamp(file.Length - offset, 0, destination.Length);
                file.Bytes.Slice((int)Math.Min(offset, file.Length), count).CopyTo(destination);
                return count;
            }
        }

        public void WriteAt(long offset, ReadOnlySpan<byte> content)
        {
            lock (storage._gate)
            {
                RequireWritable("write");
                var made = new StorageEvent(StorageEventKind.Write, File: file.Number, Offset: offset, Content: content.ToArray());
                if (storage.Fails(made) is var errno and not Errno.None)
                {
                    var half = made with { Content = made.Content![..storage.WrittenBeforeFailing(content.Length)] };
                    file.Write(offset, half.Content);
                    storage.Events.Add(half);
                    throw new PlatformException(errno, "write");
                }

                file.Write(offset, content);
                storage.Events.Add(made);
            }
        }

        public void Truncate(long length)
        {
            lock (storage._gate)
            {
                RequireWritable("truncate");
                storage.Do(new StorageEvent(StorageEventKind.Truncate, File: file.Number, Offset: length), () => file.Resize((int)length));
            }
        }

        public void Sync()
        {
            lock (storage._gate)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                storage.Do(new StorageEvent(StorageEventKind.SyncFile, File: file.Number), () => { });
            }
        }

        public void Dispose() => _isClosed = true;

        private void RequireWritable(string call)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (!canWrite)
            {
                throw new PlatformException(Errno.EBADF, call);
            }
        }
    }
}
