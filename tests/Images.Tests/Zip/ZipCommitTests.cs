using CondaFuse.Images.Disk;
using CondaFuse.Images.Zip;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>The result of committing to a zip archive.</summary>
public sealed class ZipCommitTests(OddSource odd, ZipSource plain) : IClassFixture<OddSource>, IClassFixture<ZipSource>, IDisposable
{
    private const string Folder = "/archives";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1, "own")]
    [InlineData(2, "zip -qry")]
    [InlineData(3, "zip -qrD")]
    [InlineData(4, "zip -qry -Z bzip2")]
    [InlineData(5, "7z a -tzip -snl -mm=LZMA")]
    [InlineData(6, "streamed() { find . ! -type l | zip -q - -@ | cat > \"$1\"; }; streamed")]
    public void Every_generation_is_what_the_changed_tree_was(int seed, string writer)
    {
        var archive = _scratch["a.zip"];
        if (writer == "own")
        {
            using var source = DiskTree.Open(odd.Path);
            ZipWriter.Write(source, archive, new PackOptions { Threads = 2 });
        }
        else
        {
            Tool.Shell($"cd '{plain.Path}' && {writer} '{archive}' . > /dev/null");
        }

        if (writer.Contains("LZMA", StringComparison.Ordinal))
        {
            // Content with an unsupported method is copied unmodified.
            KeepsWhatCannotBeRead(archive);
            return;
        }

        var edits = new RandomEdits(seed);
        var before = GenerationInfo.Read(archive);
        for (var round = 1; round <= 4; round++)
        {
            var model = new ModelTree(ZipTree.Open(archive));
            edits.Apply(model, 60);
            Commit(archive, model, edits.Time());

            using var tree = ZipTree.Open(archive);
            Assert.Equal(TreeText.Of(model, xattrs: false, changes: true), TreeText.Of(tree, changes: true));
            Assert.Equal(new GenerationInfo(before.Identity, before.Generation + round, MergedSegment: null), GenerationInfo.Read(archive));
            Assert.Equal(model.HighestInode, tree.HighestInode);
            Assert.Empty(Verifier.Verify(archive, 2).Findings);
            Tool.Run("unzip", "-tqq", archive);
        }
    }

    [Fact]
    public void Unchanged_content_is_copied_in_stored_form()
    {
        var archive = _scratch["a.zip"];
        Tool.Shell($"cd '{plain.Path}' && zip -qry -9 '{archive}' . && printf 'of old' | zip -qz '{archive}'");
        var stored = Stored(archive);
        var model = new ModelTree(ZipTree.Open(archive));
        var env = model.Root.Children["env"];
        var numbers = env.Children["lib"].Children["numbers"];
        (numbers.Permissions, numbers.IsDirty) = (0x180, true);
        ModelTree.Link(env, "renamed", numbers);
        model.Unlink(env.Children["lib"], "numbers");
        env.Children["hello"].Write(0, "HE"u8.ToArray());
        var result = Commit(archive, model, new Timestamp(7));

        var after = Stored(archive);
        Assert.Equal(stored["env/lib/numbers"], after["env/renamed"]);
        Assert.Equal(stored["env/lib/deep/er/long"], after["env/lib/deep/er/long"]);
        Assert.NotEqual(stored["env/hello"], after["env/hello"]);
        Assert.Equal((0L, 0L, 5L), (result.Difference.Added, result.Difference.Removed, result.Difference.ChangedBytes));
        Assert.Contains("of old", Tool.Run("unzip", "-z", archive), StringComparison.Ordinal);
    }

    [Fact]
    public void Unchanged_entries_keep_their_headers_and_order()
    {
        var archive = _scratch["a.zip"];
        Tool.Shell($"cd '{plain.Path}' && zip -qry '{archive}' .");
        var before = File.ReadAllBytes(archive);
        var model = new ModelTree(ZipTree.Open(archive));
        var env = model.Root.Children["env"];
        env.Children["hello"].Write(0, "HE"u8.ToArray());
        var result = Commit(archive, model, new Timestamp(7));

        var (hello, length) = Extent(before, "env/hello");
        var after = File.ReadAllBytes(archive);
        Assert.True(after.AsSpan().StartsWith(before.AsSpan(0, hello)));
        Assert.Equal(-1, after.AsSpan().IndexOf(before.AsSpan(hello, length)));
        Assert.True(result.DataBytes < 1000, $"{result.DataBytes} bytes are new");
    }

    [Fact]
    public void Rewritten_names_are_equal_in_both_headers()
    {
        var archive = _scratch["a.zip"];
        File.WriteAllText(_scratch["odd.py"], """
            import sys, zipfile
            class OldName(zipfile.ZipInfo):
                def _encodeFilenameFlags(self): return self.filename.encode("cp437"), 0
            with zipfile.ZipFile(sys.argv[1], "w") as made:
                made.writestr("kept", "as it is")
                made.writestr("./dot//two", "a name in other words")
                made.writestr(OldName("größe"), "a name in an old code")
                made.writestr("after", "kept as well")
            """);
        Tool.Run("python3", _scratch["odd.py"], archive);
        using var shown = ZipTree.Open(archive);
        Commit(archive, new UnchangedTree(shown), new Timestamp(9));
        File.WriteAllText(_scratch["names.py"], """
            import struct, sys, zipfile
            data = open(sys.argv[1], "rb").read()
            for entry in zipfile.ZipFile(sys.argv[1]).infolist():
                flags, = struct.unpack_from("<H", data, entry.header_offset + 6)
                length, = struct.unpack_from("<H", data, entry.header_offset + 26)
                name = data[entry.header_offset + 30:][:length].decode("utf-8" if flags & 0x800 else "cp437")
                assert (name, flags) == (entry.filename, entry.flag_bits), (name, entry.filename, flags, entry.flag_bits)
                print(name)
            assert zipfile.ZipFile(sys.argv[1]).testzip() is None
            """);
        using var tree = ZipTree.Open(archive);
        Assert.Equal(TreeText.Of(shown, changes: true), TreeText.Of(tree, changes: true));
        var names = Tool.Run("python3", _scratch["names.py"], archive);
        Assert.Contains("kept", names, StringComparison.Ordinal);
        Assert.Contains("dot/two", names, StringComparison.Ordinal);
        Assert.Empty(Verifier.Verify(archive, 2).Findings);
    }

    [Fact]
    public void Bytes_before_an_archive_are_kept()
    {
        var archive = _scratch["a.zip"];
        Tool.Shell(
            $"cd '{plain.Path}' && zip -qry '{_scratch["b.zip"]}' . && (printf '#!/bin/sh\\nexit 0\\n'; cat '{_scratch["b.zip"]}') > "
            + $"'{archive}'");
        for (var round = 0; round < 2; round++)
        {
            var model = new ModelTree(ZipTree.Open(archive));
            model.Root.Children["env"].Children["hello"].Write(0, [(byte)round]);
            Commit(archive, model, new Timestamp(7));
            Assert.StartsWith("#!/bin/sh\nexit 0\nPK", File.ReadAllText(archive, System.Text.Encoding.Latin1), StringComparison.Ordinal);
            Tool.Run("python3", "-m", "zipfile", "-t", archive);
            Assert.Empty(Verifier.Verify(archive, 2).Findings);
        }
    }

    [Fact]
    public void After_a_crash_at_any_point_the_archive_is_the_old_one_or_the_new_one()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell(
            $"cd '{source}' && mkdir -p a/b c && seq 1 3000 > a/numbers && head -c 9000 /dev/urandom > a/noise && echo x > a/b/x && ln a/b/x c/y && "
            + "ln -s x a/link");
        using (var disk = DiskTree.Open(source))
        {
            ZipWriter.Write(disk, _scratch["image"], new PackOptions { Threads = 1 });
        }

        for (var seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            var model = new ModelTree(ZipTree.Open(_scratch["image"]));
            var before = TreeText.Of(model, xattrs: false, changes: true);
            new RandomEdits(seed).Apply(model, random.Next(1, 15));
            var file = new StoredFile(1);
            file.Write(0, File.ReadAllBytes(_scratch["image"]));
            var storage = new RecordedStorage([(Folder, [("image", file)])]);
            var disk = new CrashDisk(storage);
            using (var folder = storage.TryOpenFolder(Folder)!)
            {
                ZipCommit.Write(folder, "image", model, new CommitOptions { Threads = 1, Time = new Timestamp(5) });
            }

            var after = TreeText.Of(model, xattrs: false, changes: true);
            Assert.True(storage.Events.Count >= 4);
            foreach (var made in storage.Events)
            {
                disk.Follow(made);
                Check(disk, random, before, after, mustBeNew: false, seed);
            }

            Check(disk, random, before, after, mustBeNew: true, seed);
        }
    }

    [Theory]
    [InlineData(Errno.ENOSPC, TreeFailure.NoSpace)]
    [InlineData(Errno.EIO, TreeFailure.Storage)]
    public void After_any_storage_failure_the_archive_is_unchanged(Errno errno, TreeFailure failure)
    {
        Tool.Shell($"cd '{plain.Path}' && zip -qry '{_scratch["image.zip"]}' env/bin env/hello");
        var bytes = File.ReadAllBytes(_scratch["image.zip"]);
        for (var fails = 0; ; fails++)
        {
            var model = new ModelTree(ZipTree.Open(_scratch["image.zip"]));
            new RandomEdits(3).Apply(model, 10);
            var file = new StoredFile(1);
            file.Write(0, bytes);
            var storage = new RecordedStorage([(Folder, [("image", file)])]);
            var call = 0;
            storage.Fails = _ => call++ == fails ? errno : Errno.None;
            using var folder = storage.TryOpenFolder(Folder)!;
            if (Record.Exception(
                    () => ZipCommit.Write(folder, "image", model, new CommitOptions { Threads = 1, Time = new Timestamp(5) })) is not { } thrown)
            {
                Assert.True(fails > 3, $"only {fails} calls");
                return;
            }

            Assert.Equal(failure, Assert.IsAssignableFrom<TreeException>(thrown).Failure);
            var left = storage.Folders[Folder];
            if (storage.Events.All(made => made.Kind != StorageEventKind.Rename))
            {
                Assert.True(left["image"].Bytes.SequenceEqual(bytes), $"call {fails}");
            }

            Assert.True(left.Count == 1, "a temporary file is left");
        }
    }

    [Fact]
    public void The_next_commit_removes_leftovers_of_a_killed_one()
    {
        Tool.Shell(
            $"cd '{plain.Path}' && zip -qry '{_scratch["a.zip"]}' env/bin && cd '{_scratch.Root}' && touch a.zip.0123abcd.partial "
            + "b.zip.0123abcd.partial");
        Commit(_scratch["a.zip"], new ModelTree(ZipTree.Open(_scratch["a.zip"])), new Timestamp(5));
        Assert.Equal(["a.zip", "b.zip.0123abcd.partial"], Directory.GetFiles(_scratch.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_changed_archive_is_not_overwritten()
    {
        Tool.Shell($"cd '{plain.Path}' && zip -qry '{_scratch["a.zip"]}' env/bin");
        var model = new ModelTree(ZipTree.Open(_scratch["a.zip"]));
        using var folder = new DiskStorage().TryOpenFolder(_scratch.Root)!;
        var expected = GenerationInfo.Read(_scratch["a.zip"]) with { Generation = 1 };
        var thrown = Assert.Throws<TreeException>(
            () => ZipCommit.Write(folder, "a.zip", model, new CommitOptions { Threads = 1, Time = new Timestamp(5), Expected = expected }));
        Assert.Equal(TreeFailure.Exists, thrown.Failure);
    }

    private static CommitResult Commit(string archive, ILayeredTree tree, Timestamp time)
    {
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(archive)!)!;
        return ZipCommit.Write(folder, Path.GetFileName(archive), tree, new CommitOptions { Threads = 2, Time = time });
    }

    /// <summary>The position of an entry in the former archive: its local header and everything that belongs to it.</summary>
    private (int Start, int Length) Extent(byte[] before, string name)
    {
        File.WriteAllBytes(_scratch["before.zip"], before);
        File.WriteAllText(_scratch["places.py"], """
            import sys, zipfile
            for entry in zipfile.ZipFile(sys.argv[1]).infolist():
                print(f"{entry.header_offset}|{entry.filename}")
            """);
        var places = Tool.Run("python3", _scratch["places.py"], _scratch["before.zip"]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('|'))
                .Select(parts => (Place: int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), Name: parts[1]))
                .ToList();
        var at = places.FindIndex(place => place.Name == name);
        return (places[at].Place, places[at + 1].Place - places[at].Place);
    }

    /// <summary>Every file's stored bytes, located by Python.</summary>
    private Dictionary<string, string> Stored(string archive)
    {
        File.WriteAllText(_scratch["stored.py"], """
            import hashlib, struct, sys, zipfile
            data = open(sys.argv[1], "rb").read()
            for entry in zipfile.ZipFile(sys.argv[1]).infolist():
                name, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
                start = entry.header_offset + 30 + name + extra
                print(f"{entry.filename}|{entry.compress_type} {hashlib.sha256(data[start:start + entry.compress_size]).hexdigest()}")
            """);
        return Tool.Run("python3", _scratch["stored.py"], archive).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('|')).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }

    private void KeepsWhatCannotBeRead(string archive)
    {
        Tool.Shell($"cd '{_scratch.Root}' && echo new > new && zip -q '{archive}' new"); // with a supported method
        using var tree = ZipTree.Open(archive);
        var numbers = Stored(archive)["env/lib/numbers"];
        var layered = new UnchangedTree(tree);
        Commit(archive, layered, new Timestamp(9));
        Assert.Equal(numbers, Stored(archive)["env/lib/numbers"]);
        Tool.Run("7z", "t", archive);
    }

    private void Check(CrashDisk disk, Random random, string before, string after, bool mustBeNew, int seed)
    {
        foreach (var crash in (CrashKind[])[CrashKind.Kill, CrashKind.LoseAll, CrashKind.LoseSome, CrashKind.LoseSome])
        {
            File.WriteAllBytes(_scratch["left"], disk.After(crash, random).Folders[Folder]["image"].Bytes);
            using var tree = ZipTree.Open(_scratch["left"]);
            var text = TreeText.Of(tree, changes: true);
            Assert.True(text == after || (!mustBeNew && text == before), $"seed {seed}, {crash}: the archive is neither the old one nor the new one");
        }
    }

    /// <summary>A tree without changes, whose content must not be read.</summary>
    private sealed class UnchangedTree(INumberedTree tree) : ILayeredTree
    {
        public INumberedTree Base => tree;

        public IReadOnlyCollection<ulong> ChangedInodes => [];

        public ulong HighestInode => tree.HighestInode;

        public TreeTotals Totals => tree.Totals;

        public bool IsUnchanged(NodeId node) => true;

        public IReadOnlyList<ContentPiece> GetContent(NodeId file) =>
            tree.GetAttributes(file) is { Size: > 0 } known ? [new ContentPiece(0, known.Size, ContentOrigin.Base, known.Inode)] : [];

        public bool TryFindInode(ulong number, out NodeId node) => tree.TryFindInode(number, out node);

        public Attributes GetAttributes(NodeId node) => tree.GetAttributes(node);

        public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) =>
            tree.TryLookup(directory, name, out attributes);

        public ulong GetParentInode(NodeId directory) => tree.GetParentInode(directory);

        public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => tree.ReadDirectory(directory, after, sink);

        public int Read(NodeId file, long offset, Span<byte> destination) => throw new InvalidOperationException("content was read");

        public int ReadLink(NodeId symlink, Span<byte> destination) => tree.ReadLink(symlink, destination);

        public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
            tree.TryGetXattr(node, name, destination, out length);

        public int ListXattrs(NodeId node, Span<byte> destination) => 0;

        public void Dispose()
        {
        }
    }
}
