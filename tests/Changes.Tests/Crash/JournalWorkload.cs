using System.Text;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>
/// A random history of a change folder: changes, syncs, killed and restarted servers, replacements, successful and failing commits.
/// </summary>
internal sealed class JournalWorkload
{
    private readonly Random _random;
    private readonly TestFolder _folder;
    private readonly Dictionary<long, KeyedState> _images;
    private KeyedState _state;
    private ChangeFolder? _open;
    private IChangeLog? _log;
    private (Guid Segment, KeyedState State)? _sealed;

    /// <param name="storage">The initial storage; <see cref="StoredImage.NewStorage"/> at the beginning.</param>
    /// <param name="images">The state in each generation of the image.</param>
    /// <param name="seed">The random seed.</param>
    public JournalWorkload(RecordedStorage storage, IReadOnlyDictionary<long, KeyedState> images, int seed)
    {
        (Storage, _random) = (storage, new Random(seed));
        _images = new Dictionary<long, KeyedState>(images);
        _folder = new TestFolder(storage, seed: seed);
        _state = Recover(storage, images);
        Timeline = new Timeline(storage, _state.Digest);
    }

    public RecordedStorage Storage { get; }

    public Timeline Timeline { get; }

    public IReadOnlyDictionary<long, KeyedState> Images => _images;

    public static IReadOnlyDictionary<long, KeyedState> FirstImage { get; } = new Dictionary<long, KeyedState> { [1] = KeyedState.Empty() };

    /// <summary>The state that a mount shows.</summary>
    public static KeyedState Recover(RecordedStorage storage, IReadOnlyDictionary<long, KeyedState> images)
    {
        var folder = new TestFolder(storage);
        folder.Base = StoredImage.Read(storage, folder.Base);
        using var open = folder.Open();
        var state = images[folder.Base.Generation].Copy();
        state.Replay(open);
        return state;
    }

    /// <summary>The digest of the current state.</summary>
    public ulong Digest => _state.Digest;

    public void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Step();
        }
    }

    /// <summary>Kills the server; the next step mounts again.</summary>
    public void Remount()
    {
        _log?.Dispose();
        _open?.Dispose();
        (_log, _open, _sealed) = (null, null, null);
    }

    /// <summary>Performs one step. If the storage fails, the state is unchanged.</summary>
    public void Step()
    {
        switch (_random.Next(100))
        {
            case < 40:
                SetAttribute();
                break;
            case < 70:
                WriteContent();
                break;
            case < 82:
                Sync();
                break;
            case < 87:
                Remount();
                break;
            case < 90:
                Replace();
                break;
            case < 91:
                Drop();
                break;
            case < 95:
                Seal();
                break;
            default:
                Commit();
                break;
        }
    }

    private void SetAttribute()
    {
        var (node, name) = ((ulong)_random.Next(1, 4), Encoding.UTF8.GetBytes($"user.{_random.Next(3)}"));
        var value = _random.Next(5) == 0 ? null : Bytes(_random.Next(10) == 0 ? 3000 : 200);
        Change(KeyedState.AttributeKey(node, name), value, log => AppendAttribute(log, node, name, value));
    }

    private void WriteContent()
    {
        var (node, offset, content) = ((ulong)_random.Next(1, 4), _random.Next(3), Bytes(1500));
        Change(KeyedState.ContentKey(node, offset), content, log => AppendContent(log, node, offset, content));
    }

    private void Change(string key, byte[]? value, Action<IChangeLog> append)
    {
        var log = Log();
        var next = _state.Copy();
        next.Set(key, value);
        Timeline.Change(() =>
        {
            append(log);
            return next.Digest;
        });
        _state = next;
    }

    private void Sync()
    {
        _log?.Sync();
        if (_log is not null)
        {
            Timeline.Synced();
        }
    }

    private static void AppendAttribute(IChangeLog log, ulong node, byte[] name, byte[]? value) =>
        log.Append(new Change { Kind = value is null ? ChangeKind.RemoveXattr : ChangeKind.SetXattr, Node = node, Name = name, Value = value });

    private static void AppendContent(IChangeLog log, ulong node, long offset, byte[] content)
    {
        var start = log.AppendData(content, out var checksum);
        log.Append(
            new Change
            {
                Kind = ChangeKind.Write,
                Node = node,
                Offset = offset,
                Length = content.Length,
                DataOffset = start,
                DataChecksum = checksum,
            });
    }

    private void Replace()
    {
        Log();
        if (_sealed is not null)
        {
            return;
        }

        using var replacement = _log!.BeginReplacement(100);
        var old = _images[_folder.Base.Generation].Values.Keys.Except(_state.Values.Keys).Select(key => (key, (byte[]?)null));
        foreach (var (key, value) in _state.Values.Select(entry => (entry.Key, (byte[]?)entry.Value)).Concat(old))
        {
            var parts = key.Split(' ');
            if (parts.Length == 3)
            {
                AppendContent(replacement.Log, ulong.Parse(parts[0]), long.Parse(parts[2]), value!);
            }
            else
            {
                AppendAttribute(replacement.Log, ulong.Parse(parts[0]), Encoding.UTF8.GetBytes(parts[1]), value);
            }
        }

        if (_random.Next(4) > 0)
        {
            var replaced = _log;
            _log = replacement.Commit();
            replaced.Dispose();
            Timeline.Synced();
        }
    }

    /// <summary>Discards all changes, including those sealed by an incomplete commit.</summary>
    private void Drop()
    {
        var log = Log();
        var image = _images[_folder.Base.Generation].Copy();
        Timeline.Change(() =>
        {
            log.Merged(log.Segment, _folder.Base.Generation);
            return image.Digest;
        });
        _state = image;
        Timeline.Synced();
        Remount();
    }

    private void Seal()
    {
        var log = Log();
        if (_sealed is null)
        {
            _sealed = (log.Seal(100), _state.Copy());
            Timeline.Synced();
        }
    }

    private void Commit()
    {
        if (_sealed is not var (segment, state))
        {
            return;
        }

        _sealed = null;
        if (_random.Next(4) == 0)
        {
            _log!.Unseal();
            return;
        }

        var generation = _folder.Base.Generation + 1;
        _images[generation] = state;
        StoredImage.Write(Storage, generation, segment);
        _log!.Merged(segment, generation);
        _folder.Base = StoredImage.Read(Storage, _folder.Base);
    }

    private IChangeLog Log()
    {
        if (_open is null)
        {
            _folder.Base = StoredImage.Read(Storage, _folder.Base);
            _open = _folder.Open();
            var state = _images[_folder.Base.Generation].Copy();
            state.Replay(_open);
            Assert.Equal(_state.Digest, state.Digest);
        }

        return _log ??= _open.BeginWriting(100);
    }

    private byte[] Bytes(int max)
    {
        var bytes = new byte[_random.Next(1, max)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
