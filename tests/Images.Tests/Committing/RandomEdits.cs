using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Random changes to a model, determined by the seed.</summary>
internal sealed class RandomEdits(int seed)
{
    private readonly Random _random = new(seed);
    private int _names;

    public void Apply(ModelTree tree, int count)
    {
        for (var i = 0; i < count; i++)
        {
            ApplyOne(tree);
        }
    }

    public Timestamp Time() => new(_random.NextInt64(-3_000_000_000, 9_000_000_000), (uint)_random.Next(1_000_000_000));

    private static bool IsBelow(ModelNode node, ModelNode above)
    {
        for (; node.Parent != node; node = node.Parent!)
        {
            if (node == above)
            {
                return true;
            }
        }

        return false;
    }

    private void ApplyOne(ModelTree tree)
    {
        var directories = tree.All.Where(node => node.Kind == EntryKind.Directory).OrderBy(node => node.Number).ToList();
        var files = tree.All.Where(node => node.Kind == EntryKind.File).OrderBy(node => node.Number).ToList();
        var directory = Pick(directories);
        var file = Pick(files);
        switch (_random.Next(18))
        {
            case 0 or 1:
                var made = tree.New(EntryKind.File, Time());
                made.Write(0, Bytes(Length()));
                ModelTree.Link(directory, Name(), made);
                break;
            case 2:
                var kind = (EntryKind)_random.Next(1, 7);
                var isDevice = kind is EntryKind.BlockDevice or EntryKind.CharacterDevice;
                var entry = tree.New(
                    kind, Time(), kind == EntryKind.Symlink ? Bytes(_random.Next(1, 200), text: true) : null,
                    isDevice ? (uint)_random.Next(4096) : 0, isDevice ? (uint)_random.Next(1 << 20) : 0);
                ModelTree.Link(directory, Name(), entry);
                break;
            case 3 or 4:
                Remove(tree, directory);
                break;
            case 5 or 6:
                Rename(tree, directory, Pick(directories));
                break;
            case 7:
                ModelTree.Link(directory, Name(), file);
                break;
            case 8 or 9:
                file.Write(_random.Next(file.Content.Length + 1), Bytes(Length()));
                break;
            case 10:
                file.Write(file.Content.Length, Bytes(_random.Next(1, 3000)));
                break;
            case 11:
                file.Resize(_random.Next(Math.Max(1, file.Content.Length * 2)));
                break;
            case 12 when file.Content.Length > 0:
                var start = _random.Next(file.Content.Length);
                file.PunchHole(start, _random.Next(1, file.Content.Length - start + 1));
                break;
            case 13 when file.Content.Length > 0:
                var from = _random.Next(2) == 0 ? 0 : _random.Next(file.Content.Length);
                Pick(files).CopyFrom(file, from, _random.Next(file.Content.Length - from + 1));
                break;
            case 14:
                var rewritten = Pick(files);
                rewritten.Resize(0);
                rewritten.Write(0, (byte[])file.Content.Clone());
                break;
            case 15:
                var touched = Pick(tree.All.OrderBy(node => node.Number).ToList());
                (touched.Permissions, touched.User, touched.Group, touched.IsDirty) = (
                    touched.Kind == EntryKind.Symlink ? touched.Permissions : (ushort)_random.Next(0x1000),
                    (uint)_random.Next(5) * 1000,
                    (uint)_random.Next(3),
                    true);
                (touched.Modified, touched.Changed) = (Time(), Time());
                break;
            case 16:
                var labelled = Pick(tree.All.Where(node => node.Kind is EntryKind.File or EntryKind.Directory).OrderBy(node => node.Number).ToList());
                labelled.Xattrs[$"user.n{_random.Next(4)}"] = Bytes(_random.Next(1, 40));
                labelled.IsDirty = true;
                break;
            default:
                var bare = Pick(tree.All.OrderBy(node => node.Number).ToList());
                bare.Xattrs.Clear();
                (bare.Changed, bare.IsDirty) = (Time(), true);
                break;
        }
    }

    private void Remove(ModelTree tree, ModelNode directory)
    {
        var name = PickName(directory);
        if (name is not null && directory.Children[name] is var node && (node.Kind != EntryKind.Directory || node.Children.Count == 0))
        {
            tree.Unlink(directory, name);
        }
    }

    private void Rename(ModelTree tree, ModelNode from, ModelNode to)
    {
        var name = PickName(from);
        if (name is not null && from.Children[name] is var node && !IsBelow(to, node) && node != to)
        {
            node.Names++; // it still exists
            tree.Unlink(from, name);
            ModelTree.Link(to, Name(), node);
            node.Names--;
        }
    }

    private string? PickName(ModelNode directory) =>
        directory.Children.Count == 0 ? null : directory.Children.Keys.ElementAt(_random.Next(directory.Children.Count));

    private string Name() =>
        $"made-{_names++}-{new string((char)_random.Next('a', 'z'), _random.Next(1, 60))}.{(_random.Next(2) == 0 ? "py" : "pyc")}";

    private int Length() => _random.Next(4) switch
    {
        0 => _random.Next(1, 100),
        1 => _random.Next(1, 20_000),
        2 => 131072 * _random.Next(1, 4),
        _ => _random.Next(1, 400_000),
    };

    private byte[] Bytes(int length, bool text = false)
    {
        var bytes = new byte[length];
        if (text || _random.Next(2) == 0)
        {
            var letters = "the quick brown fox"u8;
            for (var i = 0; i < length; i++)
            {
                bytes[i] = letters[_random.Next(letters.Length)];
            }
        }
        else
        {
            _random.NextBytes(bytes);
        }

        return bytes;
    }

    private T Pick<T>(List<T> list) => list[_random.Next(list.Count)];
}
