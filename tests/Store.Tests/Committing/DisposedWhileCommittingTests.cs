using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Committing;

/// <summary>An environment that is closed while a commit reads its blocks, for example because the mount ends during a request.</summary>
public sealed class DisposedWhileCommittingTests : IDisposable
{
    private const int Rounds = 8;

    private readonly Sandbox _sandbox = new();
    private readonly ManualClock _clock = new();
    private readonly string _image;

    public DisposedWhileCommittingTests()
    {
        for (var i = 0; i < 200; i++)
        {
            _sandbox.Put($"source/env/{i}", string.Concat(Enumerable.Repeat($"content of {i}\n", 2000)));
        }

        _image = _sandbox.Layout.ArchivePath(EnvironmentName.Parse("env"), ArchiveFormat.SquashFs);
        using var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "source"));
        SquashFsWriter.Write(tree, _image, new PackOptions { Threads = 1 });
    }

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Blocks_live_until_the_commit_has_ended_or_given_up()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var environment = ServedEnvironment.Open(_sandbox.Layout, _image, Writers.Here(), _clock, _ => { });
            Change(environment, round);
            Exception? failure = null;
            using var begun = new ManualResetEventSlim();
            var committing = new Thread(() =>
            {
                begun.Set();
                failure = Record.Exception(() => environment.CommitOwn(new CommitRequest(2), CancellationToken.None));
            });
            committing.Start();
            begun.Wait();
            Thread.SpinWait(round * 100_000);
            environment.Dispose();
            committing.Join();

            Assert.True(failure is null or OperationCanceledException or ObjectDisposedException, failure?.ToString());
            Assert.True(Verifier.Verify(_image, 1).IsSound);
        }
    }

    /// <summary>Writes a byte into every file, so that the commit reads the rest of each from the image.</summary>
    private static void Change(ServedEnvironment environment, int round)
    {
        Assert.True(environment.Tree.TryLookup(NodeId.Root, "env"u8, out var top));
        foreach (var file in EntryCollector.Of(environment.Tree, top.Node))
        {
            environment.Tree.Write(file.Node, 10, [(byte)round], clearSetId: false);
        }
    }
}
