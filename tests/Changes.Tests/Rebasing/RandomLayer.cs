using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Rebasing;

/// <summary>Random changes to a tree, determined by the seed. All contents are different.</summary>
internal static class RandomLayer
{
    private static readonly string[] Names = ["a", "b", "c", "x", "y", "z"];

    public static void Change(TreeSession session, int seed, int count)
    {
        var random = new Random(seed);
        for (var step = 0; step < count; step++)
        {
            var directories = Contents(session).Where(pair => pair.Value.Length == 0).Select(pair => pair.Key).ToList();
            var (from, to) = (
                $"{Pick(directories, random)}/{Pick(Names, random)}".TrimStart('/'),
                $"{Pick(directories, random)}/{Pick(Names, random)}".TrimStart('/'));
            try
            {
                One(session, random, from, to, $"{seed}-{step}");
            }
            catch (TreeException)
            {
                // Impossible operations are skipped.
            }
        }
    }

    /// <summary>Paths and content of files, without directories. The fixture's 300 files are left out.</summary>
    public static Dictionary<string, string> Contents(TreeSession session)
    {
        var contents = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("");
        return contents;

        void Add(string path)
        {
            var entry = session.Stat(path);
            if (entry.Kind != EntryKind.Directory)
            {
                contents[path] = entry.Kind == EntryKind.File
                    ? $"={Convert.ToHexString(session.ReadBytes(entry.Node).AsSpan(0, (int)Math.Min(40, entry.Size)))}"
                    : "link";
                return;
            }

            contents[path] = "";
            var names = session.List(path);
            Assert.Equal((uint)(2 + session.Entries(path).Count(name => name.Entry.Kind == EntryKind.Directory)), entry.LinkCount);
            foreach (var name in names.Where(name => !name.StartsWith("file", StringComparison.Ordinal)))
            {
                Add($"{path}/{name}".TrimStart('/'));
            }
        }
    }

    private static void One(TreeSession session, Random random, string from, string to, string content)
    {
        switch (random.Next(9))
        {
            case 0 or 1:
                session.MakeFile(from, content);
                break;
            case 2:
                session.MakeDirectory(from);
                break;
            case 3:
                session.Unlink(from);
                break;
            case 4:
                session.RemoveDirectory(from);
                break;
            case 5 or 6:
                session.Rename(from, to);
                break;
            case 7:
                session.Link(from, to);
                break;
            default:
                session.Write(from, 0, content);
                break;
        }
    }

    private static T Pick<T>(IReadOnlyList<T> list, Random random) => list[random.Next(list.Count)];
}
