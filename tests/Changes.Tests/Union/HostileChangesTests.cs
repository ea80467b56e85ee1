using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Changes.Tests.Property;
using CondaFuse.Changes.Union;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

public sealed class HostileChangesTests : IDisposable
{
    private readonly UnionFixture _union = new();

    public void Dispose() => _union.Dispose();

    [Fact]
    public void A_record_that_does_not_fit_is_named()
    {
        var store = new MemoryChangeStore();
        store.Add(new KeptChange { Kind = ChangeKind.CreateUnnamed, Node = 100_000, EntryKind = EntryKind.File });
        store.Add(new KeptChange { Kind = ChangeKind.Write, Node = 99_999, Length = 5 });
        var failure = Assert.Throws<ChangeReplayException>(() => ChangedTree.Open(_union.OpenImage(), store, _union.Clock));
        Assert.Equal((1L, ChangeKind.Write, TreeFailure.Corrupt), (failure.Record, failure.Kind, failure.Failure));
    }

    [Fact]
    public void Damaged_changes_either_fit_or_cause_a_typed_failure()
    {
        var random = new Random(5);
        foreach (var directory in (string[])["d", "e", "f", "d/d", "e/f"])
        {
            _union.T.MakeDirectory(directory);
        }

        for (var i = 0; i < 400; i++)
        {
            RandomOperation.Next(random).Run(_union.T, []);
        }

        var (sound, refused, taken) = (_union.Store.Changes.ToList(), 0, 0);
        Assert.True(sound.Count > 20);
        for (var round = 0; round < 600; round++)
        {
            var store = new MemoryChangeStore();
            var hit = random.Next(sound.Count);
            for (var i = 0; i < sound.Count; i++)
            {
                store.Add(i == hit ? Damaged(sound[i], random, sound) : sound[i]);
            }

            try
            {
                using var tree = ChangedTree.Open(_union.OpenImage(), store, _union.Clock);
                Walk(new TreeSession(tree), "", 0);
                taken++;
            }
            catch (ChangeReplayException)
            {
                refused++;
            }
        }

        Assert.True(refused > 100 && taken > 20, $"{refused} refused, {taken} taken");
    }

    private static KeptChange Damaged(KeptChange change, Random random, List<KeptChange> others)
    {
        var other = others[random.Next(others.Count)];
        ulong[] numbers = [0, 1, 2, ulong.MaxValue, uint.MaxValue, change.Node, change.Directory, other.Node, other.Directory];
        long[] lengths = [0, -1, 1, long.MaxValue, long.MinValue, 1L << 44, change.Offset, other.Length];
        var (number, length) = (numbers[random.Next(numbers.Length)], lengths[random.Next(lengths.Length)]);
        return random.Next(14) switch
        {
            0 => change with { Node = number },
            1 => change with { Node2 = number },
            2 => change with { Directory = number },
            3 => change with { Directory2 = number },
            4 => change with { Name = other.Name },
            5 => change with { Name2 = random.Next(2) == 0 ? [] : "a/b"u8.ToArray() },
            6 => change with { Offset = length },
            7 => change with { Length = length },
            8 => change with { Offset2 = length },
            9 => change with { Kind = (ChangeKind)random.Next(0, 20) },
            10 => change with { EntryKind = (EntryKind)random.Next(0, 256) },
            11 => change with { Size = length, Fields = (ChangedFields)random.Next(0, 1 << 16) },
            12 => change with { Permissions = ushort.MaxValue },
            _ => other,
        };
    }

    /// <summary>Content that a damaged record names may be missing; but names, attributes and listings must be valid.</summary>
    private static void Walk(TreeSession session, string path, int depth)
    {
        Assert.True(depth < 50);
        foreach (var (name, entry) in session.Entries(path))
        {
            var full = path.Length == 0 ? name : $"{path}/{name}";
            Assert.Equal(entry.Inode, session.Stat(full).Inode);
            Assert.Equal(entry.Kind, session.Stat(full).Kind);
            if (entry.Kind == EntryKind.Directory)
            {
                Walk(session, full, depth + 1);
            }
        }
    }
}
