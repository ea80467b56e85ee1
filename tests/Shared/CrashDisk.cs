namespace CondaFuse.Tests.Shared;

/// <summary>The effect of a crash on data that were not synced.</summary>
internal enum CrashKind
{
    /// <summary>The process was killed: everything that it did is kept.</summary>
    Kill,

    /// <summary>Power failure: everything that was not synced is lost.</summary>
    LoseAll,

    /// <summary>
    /// Power failure: any part of the data that were not synced is kept, in units of 512 bytes, in any order; this includes names and lengths.
    /// </summary>
    LoseSome,
}

/// <summary>Follows the record of a storage, and knows at every point what a crash could leave.</summary>
internal sealed class CrashDisk
{
    private const int Sector = 512;
    private readonly Dictionary<string, Dictionary<string, int>> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<StorageEvent>> _pendingNames = new(StringComparer.Ordinal);
    private readonly Dictionary<int, StoredFile> _files = [];
    private readonly Dictionary<int, List<StorageEvent>> _pendingBytes = [];

    /// <param name="initial">The storage at the beginning.</param>
    public CrashDisk(RecordedStorage initial)
    {
        foreach (var (path, names) in initial.Folders)
        {
            var numbers = _folders[path] = new Dictionary<string, int>(StringComparer.Ordinal);
            _pendingNames[path] = [];
            foreach (var (name, file) in names)
            {
                numbers[name] = file.Number;
                _files[file.Number] = file.Copy();
                _pendingBytes[file.Number] = [];
            }
        }
    }

    /// <summary>Applies the next event in the record.</summary>
    public void Follow(in StorageEvent made)
    {
        switch (made.Kind)
        {
            case StorageEventKind.MakeFolder:
                _folders[made.Folder] = new Dictionary<string, int>(StringComparer.Ordinal);
                _pendingNames[made.Folder] = [];
                break;
            case StorageEventKind.Create:
                _files[made.File] = new StoredFile(made.File);
                _pendingBytes[made.File] = [];
                _pendingNames[made.Folder].Add(made);
                break;
            case StorageEventKind.Rename or StorageEventKind.Remove:
                _pendingNames[made.Folder].Add(made);
                break;
            case StorageEventKind.SyncFolder:
                _pendingNames[made.Folder].ForEach(change => Apply(change, _folders[change.Folder]));
                _pendingNames[made.Folder].Clear();
                break;
            case StorageEventKind.Write or StorageEventKind.Truncate:
                _pendingBytes[made.File].Add(made);
                break;
            default:
                _pendingBytes[made.File].ForEach(change => Apply(change, _files[change.File]));
                _pendingBytes[made.File].Clear();
                break;
        }
    }

    /// <summary>The storage after a crash at this point.</summary>
    public RecordedStorage After(CrashKind crash, Random random)
    {
        var chance = crash switch
        {
            CrashKind.Kill => 1,
            CrashKind.LoseAll => 0,
            _ => random.Next(3) switch { 0 => 0.1, 1 => 0.5, _ => 0.9 },
        };
        var folders = _folders.Select(folder =>
        {
            var names = new Dictionary<string, int>(folder.Value, StringComparer.Ordinal);
            foreach (var change in _pendingNames[folder.Key].Where(_ => random.NextDouble() < chance))
            {
                Apply(change, names);
            }

            return (folder.Key, names);
        }).ToList();
        var files = folders.SelectMany(folder => folder.names.Values)
            .Distinct()
            .ToDictionary(number => number, number => After(number, chance, random));
        return new RecordedStorage(folders.Select(folder => (folder.Key, folder.names.Select(entry => (entry.Key, files[entry.Value])))));
    }

    private static void Apply(in StorageEvent change, Dictionary<string, int> names)
    {
        switch (change.Kind)
        {
            case StorageEventKind.Create:
                names[change.Name] = change.File;
                break;
            case StorageEventKind.Remove:
                names.Remove(change.Name);
                break;
            default:
                if (names.Remove(change.Name, out var file))
                {
                    names[change.NewName] = file;
                }

                break;
        }
    }

    private static void Apply(in StorageEvent change, StoredFile file)
    {
        if (change.Kind == StorageEventKind.Write)
        {
            file.Write(change.Offset, change.Content);
        }
        else
        {
            file.Resize((int)change.Offset);
        }
    }

    private StoredFile After(int number, double chance, Random random)
    {
        var file = _files[number].Copy();
        var pending = _pendingBytes[number];
        foreach (var change in pending)
        {
            if (change.Kind == StorageEventKind.Truncate || chance is 0 or 1)
            {
                if (random.NextDouble() < chance)
                {
                    Apply(change, file);
                }

                continue;
            }

            for (var start = 0; start < change.Content!.Length;)
            {
                var length = (int)Math.Min(change.Content.Length - start, Sector - ((change.Offset + start) % Sector));
                if (random.NextDouble() < chance)
                {
                    file.Write(change.Offset + start, change.Content.AsSpan(start, length));
                }

                start += length;
            }
        }

        // A length may be stored before the bytes.
        if (chance is > 0 and < 1 && pending.Count > 0 && random.Next(4) == 0)
        {
            var last = pending[random.Next(pending.Count)];
            file.Resize((int)Math.Max(file.Length, last.Offset + (last.Content?.Length ?? 0)));
        }

        return file;
    }
}
