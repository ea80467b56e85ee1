using System.Globalization;
using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Property;

/// <summary>One random operation, which does the same on every tree and returns a comparable result.</summary>
internal sealed class RandomOperation
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];

    private readonly Func<TreeSession, Dictionary<int, NodeId>, string> _run;

    private RandomOperation(string name, Func<TreeSession, Dictionary<int, NodeId>, string> run) => (Name, _run) = (name, run);

    public string Name { get; }

    /// <summary>Generates an operation.</summary>
    /// <param name="random">The random source.</param>
    /// <param name="withXattrs">Whether to include extended attributes.</param>
    public static RandomOperation Next(Random random, bool withXattrs = true)
    {
        var (path, other) = (Path(random), Path(random));
        var directory = path[..^1] + Names[random.Next(3, Names.Length)];
        var hold = random.Next(4);
        var permissions = (ushort)(random.Next(4) == 0 ? 0x400 | 0x1ED : random.Next(0x200));
        var (user, group) = ((uint)random.Next(3), (uint)random.Next(3));
        var offset = random.Next(3) switch { 0 => 0, 1 => random.Next(100), _ => random.Next(40_000) };
        var offset2 = random.Next(2) == 0 ? offset : random.Next(20_000);
        var length = random.Next(2) == 0 ? random.Next(1, 50) : random.Next(1, 20_000);
        var (block, blocks) = (random.Next(8) * 4096L, random.Next(1, 4) * 4096L);
        var content = Bytes(random.Next(), length);
        var time = new Timestamp(random.Next(1, (int)TreeText.SetTimesEnd), (uint)random.Next(1_000_000_000));
        var mode = (RenameMode)random.Next(3);
        var xattr = $"user.{Names[random.Next(Names.Length)]}";
        return random.Next(30) switch
        {
            0 or 1 or 2 => New($"create {path} {permissions} {user}:{group}", t => t.MakeFile(path, "", permissions, user, group).Kind),
            3 or 4 => New($"mkdir {directory} {permissions} {user}:{group}", t => t.MakeDirectory(directory, permissions, user, group).Kind),
            5 => New($"symlink {path}", t => t.MakeSymlink(path, other).Size),
            6 => New($"mkfifo {path}", t => t.Make(path, new NewEntry(EntryKind.Fifo, permissions, user, group)).Kind),
            7 => New($"link {path} {other}", t => t.Link(path, other).LinkCount),
            8 or 9 => New($"unlink {path}", t => Void(() => t.Unlink(path))),
            10 => New($"rmdir {path}", t => Void(() => t.RemoveDirectory(path))),
            11 or 12 or 13 => New($"rename {path} {other} {mode}", t => Void(() => t.Rename(path, other, mode))),
            14 => New($"chmod {path} {permissions}", t => t.Stat(path).Kind == EntryKind.Symlink
                ? "no chmod of symlinks"
                : t.Tree.SetAttributes(t.Find(path), new AttributeChanges { Permissions = permissions }).Permissions),
            15 =>
                New(
                    $"chown {path} {user}",
                    t => Owner(t.Tree.SetAttributes(t.Find(path), new AttributeChanges { UserId = user, GroupId = group, ClearSetId = true }))),
            16 =>
                New(
                    $"utimes {path} {time}",
                    t => t.Tree.SetAttributes(t.Find(path), new AttributeChanges { Modified = time, Accessed = time }).Modified),
            17 => New($"touch {path} {time}", t => t.Tree.SetAttributes(t.Find(path), new AttributeChanges { Modified = time }).Modified),
            18 => New($"truncate {path} {offset}", t => t.Tree.SetAttributes(t.Find(path), new AttributeChanges { Size = offset }).Size),
            19 or 20 or 21 => New($"write {path} {offset} {length}", t => Void(() => t.Tree.Write(t.Find(path), offset, content, clearSetId: false))),
            22 => Allocate(path, (AllocateMode)random.Next(7), block, blocks),
            23 => New($"copy {path} {offset} {other} {offset2} {length}", t =>
                t.Stat(path).Kind != EntryKind.File || t.Stat(other).Kind != EntryKind.File || t.Find(path) == t.Find(other)
                    ? "no copies of these"
                    : t.Tree.CopyRange(t.Find(path), offset, t.Find(other), offset2, length)),
            24 when withXattrs =>
                New($"setxattr {path} {xattr}", t => Void(() => t.Tree.SetXattr(t.Find(path), TreeSession.Utf8(xattr), "v"u8, XattrMode.Any))),
            25 when withXattrs => New($"removexattr {path} {xattr}", t => Void(() => t.Tree.RemoveXattr(t.Find(path), TreeSession.Utf8(xattr)))),
            26 => New($"hold {hold} {path}", (t, held) => Hold(held, hold, t.Find(path))),
            27 =>
                New(
                    $"unnamed {hold}",
                    (t, held) => Hold(held, hold, t.Tree.CreateUnnamed(NodeId.Root, new NewEntry(EntryKind.File, permissions, user, group)).Node)),
            28 => New($"write held {hold}", (t, held) => held.TryGetValue(hold, out var node)
                ? Void(() => t.Tree.Write(node, offset, content, clearSetId: false)) + t.Tree.GetAttributes(node).LinkCount + t.Read(node).Length
                : "nothing held"),
            _ => New($"link held {hold} {path}", (t, held) => held.TryGetValue(hold, out var node)
                ? t.Tree.Link(node, t.Split(path).Parent, TreeSession.Utf8(t.Split(path).Name)).LinkCount
                : "nothing held"),
        };
    }

    public string Run(TreeSession session, Dictionary<int, NodeId> held)
    {
        try
        {
            return _run(session, held);
        }
        catch (TreeException failure)
        {
            return failure.Failure.ToString();
        }
    }

    private static RandomOperation Allocate(string path, AllocateMode mode, long offset, long length) =>
        New($"allocate {path} {mode} {offset} {length}", t =>
    {
        var size = t.Stat(path).Kind == EntryKind.File ? t.Stat(path).Size : long.MaxValue;
        if ((mode == AllocateMode.Insert && offset >= size) || (mode == AllocateMode.Collapse && offset >= size - length))
        {
            return "ext4 refuses and changes the times";
        }

        t.Tree.Allocate(t.Find(path), offset, length, mode);
        return t.Stat(path).Size;
    });

    private static string Owner(in Attributes attributes) => $"{attributes.UserId}:{attributes.GroupId} {attributes.Permissions}";

    private static string Hold(Dictionary<int, NodeId> held, int place, NodeId node)
    {
        held[place] = node;
        return "held";
    }

    private static string Void(Action action)
    {
        action();
        return "done";
    }

    private static RandomOperation New(string name, Func<TreeSession, object> run) => New(name, (t, _) => run(t));

    private static RandomOperation New(string name, Func<TreeSession, Dictionary<int, NodeId>, object> run) =>
        new(name, (t, held) => Convert.ToString(run(t, held), CultureInfo.InvariantCulture)!);

    private static string Path(Random random) =>
        string.Join(
            '/', [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => Names[random.Next(3, Names.Length)]), Names[random.Next(Names.Length)]]);

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
