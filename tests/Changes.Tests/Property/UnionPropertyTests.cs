using System.Globalization;
using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Property;

/// <summary>
/// Random operations on the union and on a directory on disk: equal results, equal trees, also after reopening the union. CONDAFUSE_PROPERTY_ROUNDS
/// sets the number of rounds, CONDAFUSE_PROPERTY_SEED the first seed.
/// </summary>
public class UnionPropertyTests
{
    private const int OperationsInARound = 200;

    [Trait("Needs", "root")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_union_behaves_like_a_directory_on_disk(bool isZip)
    {
        var (first, rounds) = (Setting("CONDAFUSE_PROPERTY_SEED", 0), Setting("CONDAFUSE_PROPERTY_ROUNDS", 30));
        for (var seed = first; seed < first + rounds; seed++)
        {
            Run(seed, isZip);
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static void Run(int seed, bool isZip)
    {
        var random = new Random(seed);
        var path = Path.Combine(Path.GetTempPath(), $"condafuse-property-{Guid.NewGuid():n}");
        using var plain = new PlainDirectory(path);
        var model = new TreeSession(plain);
        var log = new List<string>();
        foreach (var directory in (string[])["d", "e", "f", "d/d", "d/e", "e/f"])
        {
            model.MakeDirectory(directory);
        }

        for (var i = random.Next(100); i > 0; i--)
        {
            var operation = RandomOperation.Next(random, withXattrs: !isZip);
            log.Add($"before: {operation.Name}: {operation.Run(model, [])}");
        }

        var image = path + (isZip ? ".zip" : ".squashfs");
        try
        {
            using (var source = DiskTree.Open(path))
            {
                ImageWriter.Write(source, image, isZip, new PackOptions { Threads = 1 });
            }

            ForgetAccesses(model, "");
            using var runner = new UnionRunner(image, seed);
            Assert.Equal(TreeText.Of(plain), TreeText.Of(runner.Tree));
            var held = (Dictionary<int, NodeId>)[];
            for (var i = 0; i < OperationsInARound; i++)
            {
                var operation = RandomOperation.Next(random, withXattrs: !isZip);
                log.Add($"{operation.Name}: {operation.Run(model, held)}");
                var outcome = $"{operation.Name}: {operation.Run(runner.Session, runner.Held)}";
                Assert.True(log[^1] == outcome, $"seed {seed}: the union says: {outcome}\n{string.Join('\n', log.TakeLast(40))}");
                if (random.Next(25) == 0)
                {
                    var (before, heldBefore) = (runner.Exact(), runner.OfHeld());
                    log.Add(runner.Maintain(random));
                    Same(seed, before, runner.Exact(), log);
                    Same(seed, runner.Held.Count == 0 ? "" : heldBefore, runner.OfHeld(), log);
                    foreach (var place in held.Keys.Except(runner.Held.Keys).ToList())
                    {
                        held.Remove(place);
                    }
                }

                if (i % 20 == 0)
                {
                    Same(seed, TreeText.Of(plain, withAccess: !runner.IsCommitted), TreeText.Of(runner.Tree, withAccess: !runner.IsCommitted), log);
                }
            }

            runner.Reopen();
            Same(seed, TreeText.Of(plain, withAccess: !runner.IsCommitted), TreeText.Of(runner.Tree, withAccess: !runner.IsCommitted), log);
        }
        finally
        {
            File.Delete(image);
            if (Directory.Exists(Path.ChangeExtension(image, "changes")))
            {
                Directory.Delete(Path.ChangeExtension(image, "changes"), recursive: true);
            }
        }
    }

    /// <summary>An image stores no access times.</summary>
    private static void ForgetAccesses(TreeSession session, string path)
    {
        var entry = session.Stat(path);
        session.Tree.SetAttributes(entry.Node, new AttributeChanges { Accessed = entry.Modified });
        foreach (var name in entry.Kind == EntryKind.Directory ? session.List(path) : [])
        {
            ForgetAccesses(session, path.Length == 0 ? name : $"{path}/{name}");
        }
    }

    private static void Same(int seed, string expected, string actual, List<string> log)
    {
        if (expected != actual)
        {
            var differing = expected.Split('\n').Except(actual.Split('\n'), StringComparer.Ordinal).Select(line => $"- {line}")
                .Concat(actual.Split('\n').Except(expected.Split('\n'), StringComparer.Ordinal).Select(line => $"+ {line}"));
            Assert.Fail($"seed {seed}: the trees differ (+ is the union's)\n{string.Join('\n', differing)}\n{string.Join('\n', log.TakeLast(40))}");
        }
    }
}
