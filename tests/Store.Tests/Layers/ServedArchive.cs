using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Layers;

/// <summary>An archive and its changes, without a mount.</summary>
public abstract class ServedArchive : IDisposable
{
    protected ServedArchive(ArchiveFormat format)
    {
        Format = format;
        Image = Pack("env", "one");
    }

    private protected static CommitRequest Request => new(1);

    private protected ArchiveFormat Format { get; }

    private protected Sandbox Sandbox { get; } = new();

    private protected ManualClock Clock { get; } = new();

    private protected List<string> Log { get; } = [];

    /// <summary>The path of the archive.</summary>
    private protected string Image { get; }

    /// <summary>The path of its changes.</summary>
    private protected string Folder => Layout.ChangesFolder(Image);

    public void Dispose()
    {
        Sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static void Make(ServedEnvironment environment, string name) =>
        environment.Tree.Create(NodeId.Root, System.Text.Encoding.UTF8.GetBytes(name), new NewEntry(EntryKind.File, 0x1A4, 0, 0));

    private protected ServedEnvironment Open() => ServedEnvironment.Open(Sandbox.Layout, Image, Writers.Here(), Clock, Log.Add);

    private protected void UnmountWithoutChanges()
    {
        using var environment = Open();
        Assert.Null(environment.CommitLast(Request, CancellationToken.None));
    }

    private protected void LeaveWriter(WriterIdentity who)
    {
        var holder = new WriterHolder(who, Clock.GetUtcNow(), Guid.NewGuid());
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(Path.Combine(Folder, "writer"), holder.Format());
        File.WriteAllBytes(Path.Combine(Folder, $"holder.{holder.Token:N}"), holder.Format());
    }

    private protected void LeaveLease(WriterIdentity who)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(Path.Combine(Folder, "lease"), new WriterHolder(who, Clock.GetUtcNow(), Guid.NewGuid()).Format());
    }

    private protected string Pack(string name, string content)
    {
        Sandbox.Put($"sources/{name}/{name}/conda-meta/history", content);
        var path = Sandbox.Layout.ArchivePath(EnvironmentName.Parse(name), Format);
        using var tree = DiskTree.Open(Path.Combine(Sandbox.Layout.Home, "sources", name));
        ImageWriter.Write(tree, path, Format == ArchiveFormat.Zip, new PackOptions { Threads = 1 });
        return path;
    }

    private protected static void CopyAll(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from))
        {
            CopyAll(folder, Path.Combine(to, Path.GetFileName(folder)));
        }

        foreach (var file in Directory.GetFiles(from))
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(Path.Combine(to, Path.GetFileName(file)));
            source.CopyTo(target);
        }
    }
}
