using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <summary>The operating system's own tree, whose behaviour defines the contract. Owners and devices need root.</summary>
[Trait("Needs", "root")]
public sealed class PlainDirectoryTests : WritableTreeContract
{
    protected override bool IsReal => true;

    protected override IWritableTree Open()
    {
        var tree = new PlainDirectory(Path.Combine(Path.GetTempPath(), $"condafuse-contract-{Guid.NewGuid():n}"));
        Fill(new TreeSession(tree));
        return tree;
    }

    protected override void Tick() => Thread.Sleep(15);
}
