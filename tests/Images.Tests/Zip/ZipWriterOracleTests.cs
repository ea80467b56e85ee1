using System.Text;
using CondaFuse.Images.Zip;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Other tools' archives, compared with the tree that they were made from, and with the results of other readers.</summary>
public sealed class ZipWriterOracleTests(ZipSource source) : IClassFixture<ZipSource>, IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("-qry")]
    [InlineData("-qry -0")]
    [InlineData("-qry -9")]
    [InlineData("-qry -Z bzip2")]
    [InlineData("-qry -D")]
    [InlineData("-qry -fz")]
    public void An_Info_ZIP_archive_equals_its_source(string options)
    {
        Tool.Shell($"cd '{source.Path}' && zip {options} '{_scratch["a.zip"]}' .");

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        if (options.Contains("-D", StringComparison.Ordinal))
        {
            // Without their own entries, directories have no attributes, and the empty one is missing.
            Assert.Equal(
                WithoutDirectories(TreeText.OfDisk(source.Path, false, false, false)), WithoutDirectories(TreeText.Of(tree, false, false, false)));
            return;
        }

        Assert.Equal(TreeText.OfDisk(source.Path, exactTimes: false, xattrs: false), TreeText.Of(tree, exactTimes: false, xattrs: false));
        Assert.True(Verifier.Verify(_scratch["a.zip"], 2).IsSound);
    }

    [Fact]
    public void A_streamed_archive_has_its_sizes_after_the_content()
    {
        // Not every zip can stream symlinks: version 3.0-13 of Debian 12 stores them, but does not store streamed ones.
        Tool.Shell(
            $"cp -a '{source.Path}' '{_scratch["plain"]}' && cd '{_scratch["plain"]}' && find . -type l -delete && zip -qr - . | cat > "
            + $"'{_scratch["a.zip"]}'");

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.Equal(TreeText.OfDisk(_scratch["plain"], exactTimes: false, xattrs: false), TreeText.Of(tree, exactTimes: false, xattrs: false));
    }

    [Fact]
    public void A_self_extracting_archive_with_trailing_bytes_is_read()
    {
        Tool.Shell($"""
            cd '{source.Path}' && zip -qry '{_scratch["plain.zip"]}' .
            (head -c 70000 /dev/urandom; cat '{_scratch["plain.zip"]}'; head -c 5000 /dev/zero) > '{_scratch["a.zip"]}'
            cp '{_scratch["a.zip"]}' '{_scratch["b.zip"]}'; truncate -s -5000 '{_scratch["b.zip"]}'; zip -qA '{_scratch["b.zip"]}'
            """);

        var expected = TreeText.OfDisk(source.Path, exactTimes: false, xattrs: false);
        foreach (var name in new[] { "a.zip", "b.zip" })
        {
            using var tree = ZipTree.Open(_scratch[name]);
            Assert.Equal(expected, TreeText.Of(tree, exactTimes: false, xattrs: false));
        }
    }

    [Trait("Needs", "root")]
    [Theory]
    [InlineData("ZIP_STORED")]
    [InlineData("ZIP_DEFLATED")]
    [InlineData("ZIP_BZIP2")]
    public void What_python_writes_has_its_content_and_permissions(string method)
    {
        // Written like conda-pack: names and modes, and symlinks as copies of their targets.
        File.WriteAllText(_scratch["write.py"], $$"""
            import os, sys, zipfile
            with zipfile.ZipFile(sys.argv[2], "w", zipfile.{{method}}) as archive:
                for folder, folders, files in os.walk(sys.argv[1]):
                    for name in files:
                        path = os.path.join(folder, name)
                        if not os.path.islink(path):
                            archive.write(path, os.path.relpath(path, sys.argv[1]))
            """);
        Tool.Run("python3", _scratch["write.py"], source.Path, _scratch["a.zip"]);
        Tool.Shell(
            $"cp -a '{source.Path}' '{_scratch["copy"]}' && cd '{_scratch["copy"]}' && find . -type l -delete && chown -R 0:0 . && chmod 4711 "
            + "env/hello");

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.Equal(
            WithoutDirectories(WithoutTimes(TreeText.OfDisk(_scratch["copy"], false, false, false))),
            WithoutDirectories(WithoutTimes(TreeText.Of(tree, false, false, false))));
    }

    [Trait("Needs", "root")]
    [Theory]
    [InlineData("Deflate")]
    [InlineData("Copy")]
    [InlineData("XZ")]
    [InlineData("BZip2")]
    public void What_7z_writes_is_read_with_its_exact_times(string method)
    {
        Tool.Shell(
            $"cp -a '{source.Path}' '{_scratch["exact"]}' && cd '{_scratch["exact"]}' && chown -hR 0:0 . && touch -d '2022-05-06 07:08:09.123456700 "
            + $"UTC' env/bin/tool && 7z a -tzip -snl -mtc=on -mm={method} '{_scratch["a.zip"]}' . > /dev/null");

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.True(tree.TryLookup(Find(tree, "env", "bin"), "tool"u8, out var tool));
        Assert.Equal(new Timestamp(1651820889, 123456700), tool.Modified);
        var modes = (string text) => string.Join('\n', text.Split('\n').Where(line => !line.Contains(" Symlink ", StringComparison.Ordinal)));
        Assert.Equal(modes(WithoutTimes(TreeText.OfDisk(_scratch["exact"], false, false))), modes(WithoutTimes(TreeText.Of(tree, false, false))));
    }

    [RootFact]
    public void What_fuse_zip_writes_is_read_and_it_shows_the_same()
    {
        var mount = _scratch.MakeDirectory("mount");
        try
        {
            Tool.Shell(
                $"cd '{_scratch.Root}' && timeout 60 fuse-zip a.zip mount && cp -a '{source.Path}/env' mount/ && umount mount && for i in $(seq "
                + "100); do [ -e a.zip ] && break; sleep 0.1; done; timeout 60 fuse-zip -r a.zip mount");
            using var tree = ZipTree.Open(_scratch["a.zip"]);
            Assert.Equal(Normal(TreeText.OfDisk(mount, false, false, false)), Normal(TreeText.Of(tree, false, false, false)));
            Assert.Contains("/env/lib/deep/er/long File", TreeText.Of(tree), StringComparison.Ordinal);
        }
        finally
        {
            Tool.TryRun("umount", "-l", mount);
        }

        // It gives directories and links the current time.
        static string Normal(string text) => WithoutTimes(text);
    }

    [Fact]
    public void Other_readers_see_the_same_tree()
    {
        Tool.Shell(
            $"cd '{source.Path}' && zip -qry '{_scratch["a.zip"]}' . && mkdir '{_scratch["unzip"]}' && cd '{_scratch["unzip"]}' && unzip -qqXK "
            + $"'{_scratch["a.zip"]}'");
        File.WriteAllText(_scratch["read.py"], """
            import hashlib, sys, zipfile
            with zipfile.ZipFile(sys.argv[1]) as archive:
                for name in filter(str.isascii, archive.namelist()):
                    print(name, hashlib.sha256(archive.read(name)).hexdigest().upper())
            """);

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.Equal(Files(TreeText.OfDisk(_scratch["unzip"], false, false)), Files(TreeText.Of(tree, false, false)));
        foreach (var line in Tool.Run("python3", _scratch["read.py"], _scratch["a.zip"])
                .Split('\n')
                .Where(line => line.Length > 0 && !line.Contains("/ ", StringComparison.Ordinal)))
        {
            var cut = line.LastIndexOf(' ');
            Assert.Equal(line[(cut + 1)..], HashOf(tree, line[..cut]));
        }

        using var sharp = new ICSharpCode.SharpZipLib.Zip.ZipFile(_scratch["a.zip"]);
        var seen = 0;
        foreach (ICSharpCode.SharpZipLib.Zip.ZipEntry entry in sharp)
        {
            if (!entry.IsDirectory && entry.Name.StartsWith("many/", StringComparison.Ordinal))
            {
                using var content = sharp.GetInputStream(entry);
                Assert.Equal(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content)), HashOf(tree, entry.Name));
                seen++;
            }
        }

        Assert.Equal(400, seen);

        // unzip gives links the current time.
        static string Files(string text) => string.Join('\n', text.Split('\n').Where(line => !line.Contains(" Symlink ", StringComparison.Ordinal)));
    }

    private static NodeId Find(ZipTree tree, params string[] names)
    {
        var node = NodeId.Root;
        foreach (var name in names)
        {
            Assert.True(tree.TryLookup(node, Encoding.UTF8.GetBytes(name), out var found), name);
            node = found.Node;
        }

        return node;
    }

    private static string HashOf(ZipTree tree, string path)
    {
        var node = Find(tree, path.Split('/'));
        var attributes = tree.GetAttributes(node);
        var content = new byte[attributes.Size];
        Assert.Equal(content.Length, attributes.Kind == EntryKind.Symlink ? tree.ReadLink(node, content) : ReadAll(tree, node, content));
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content));
    }

    private static int ReadAll(ZipTree tree, NodeId node, byte[] content)
    {
        var done = 0;
        for (int read; (read = tree.Read(node, done, content.AsSpan(done, Math.Min(65536, content.Length - done)))) > 0;)
        {
            done += read;
        }

        return done;
    }

    private static string WithoutDirectories(string text) =>
        string.Join('\n', text.Split('\n').Where(line => !line.Contains(" Directory ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private static string WithoutTimes(string text) =>
        System.Text.RegularExpressions.Regex.Replace(
            text, @"(?<=#-?\d+) \d+ ", " ", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromMinutes(2));
}
