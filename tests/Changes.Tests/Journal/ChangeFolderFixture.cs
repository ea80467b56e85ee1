using System.Text;
using CondaFuse.Platform;

namespace CondaFuse.Changes.Tests.Journal;

/// <summary>A folder of changes on the disk, and what it is changed and read with.</summary>
public abstract class ChangeFolderFixture : IDisposable
{
    protected ChangeFolderFixture() => Folder = new TestFolder(new DiskStorage(), FolderPath);

    private protected TestFolder Folder { get; }

    private protected string Root { get; } = Directory.CreateTempSubdirectory("condafuse-changes-").FullName;

    private protected string FolderPath => Path.Combine(Root, "env.changes");

    private protected string Journal => Path.Combine(FolderPath, "00000001.journal");

    private protected string Data => Path.Combine(FolderPath, "00000001.data");

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static void Write(IChangeLog log, ulong node, long offset, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var start = log.AppendData(bytes, out var checksum);
        log.Append(
            new Change { Kind = ChangeKind.Write, Node = node, Offset = offset, Length = bytes.Length, DataOffset = start, DataChecksum = checksum });
    }

    private protected static string Read(ReadContent read, long offset, int length)
    {
        var bytes = new byte[length];
        read(offset, bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Flips a bit of a file, or flips it back.</summary>
    private protected static void Meddle(string path, long offset)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 2));
    }

    private protected void Append(int count)
    {
        using var folder = Folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        for (var change = 0; change < count; change++)
        {
            log.Append(new Change { Kind = ChangeKind.Link, Node = 7, Directory = 1, Name = "some name"u8 });
        }
    }

    private protected string[] Names() => [.. Directory.GetFiles(FolderPath).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private protected void AssertRefused(ChangesFault fault)
    {
        var before = Names().ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(FolderPath, name)));
        Assert.Equal(fault, Assert.Throws<ChangesException>(() => Folder.Open()).Fault);
        Assert.Equivalent(before, Names().ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(FolderPath, name))));
    }

    private protected delegate void ReadContent(long offset, Span<byte> destination);
}
