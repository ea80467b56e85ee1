using System.Text;
using CondaFuse.Platform;
using CondaFuse.Relocation;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Packing.Tests;

public class PrefixDiscoveryTests
{
    private const string Destination = "/srv/elsewhere/with/a/longer/name";

    private static readonly string Placeholder = SampleEnvironment.Placeholder;

    [Fact]
    public void Everything_that_contains_the_prefix_is_found_and_moved()
    {
        using var tree = Moved(new SampleEnvironment()
            .Managed("pkg", "lib/a.cfg", $"root = {Placeholder}/lib\n", "text")
            .Managed("pkg", "lib/b.so", $"\u007fELF\0{Placeholder}/lib\0tail\0", "binary")
            .Managed("pkg", "bin/tool", "#!/bin/sh\n")
            .Noarch("noarch", "site-packages/noarch/c.cfg", $"{Placeholder}\n", "text")
            .Own("bin/python", "\u007fELF").Own("bin/pip", $"#!{SampleEnvironment.Prefix}/bin/python\n")
            .Own("lib/python3.11/site-packages/a.pth", $"{SampleEnvironment.Prefix}/src\n")
            .Own("lib/python3.11/site-packages/a.dist-info/direct_url.json", $$"""{"url": "file://{{SampleEnvironment.Prefix}}/src"}""")
            .Own("lib/pkgconfig/own.pc", $"prefix={SampleEnvironment.Prefix}\n")
            .Own("etc/conda/activate.d/own.sh", $"export A={SampleEnvironment.Prefix}/a B={SampleEnvironment.Prefix}2\n")
            .Own("share/own.txt", SampleEnvironment.Prefix)
            .Link("lib/link", $"{SampleEnvironment.Prefix}/lib/b.so").Link("lib/other", $"{SampleEnvironment.Prefix}2/lib"));
        Assert.Equal($"root = {Destination}/lib\n", tree.Text("lib/a.cfg"));
        Assert.StartsWith($"\u007fELF\0{Destination}/lib\0", tree.Text("lib/b.so"), StringComparison.Ordinal);
        Assert.Equal($"{Destination}\n", tree.Text($"{SampleEnvironment.SitePackages}/noarch/c.cfg"));
        Assert.Equal($"#!{Destination}/bin/python\n", tree.Text("bin/pip"));
        Assert.Equal($"{Destination}/src\n", tree.Text("lib/python3.11/site-packages/a.pth"));
        Assert.Equal($$"""{"url": "file://{{Destination}}/src"}""", tree.Text("lib/python3.11/site-packages/a.dist-info/direct_url.json"));
        Assert.Equal($"prefix={Destination}\n", tree.Text("lib/pkgconfig/own.pc"));
        Assert.Equal($"export A={Destination}/a B={SampleEnvironment.Prefix}2\n", tree.Text("etc/conda/activate.d/own.sh"));
        Assert.Equal($"{Destination}/lib/b.so", tree.Target("lib/link"));
        Assert.Equal($"{SampleEnvironment.Prefix}2/lib", tree.Target("lib/other"));
        Assert.Equal(SampleEnvironment.Prefix, tree.Text("share/own.txt"));
        Assert.Contains(SampleEnvironment.Prefix, tree.Text("conda-meta/history"), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_paths_of_the_prefix_are_found_in_some_files_only()
    {
        const string link = "/home/ada/.conda/envs/name";
        var below = new SampleEnvironment()
            .Own("bin/python", "\u007fELF").Own("bin/changed", $"#!{link}/bin/python\n").Own("bin/unchanged", $"#!{link}/bin/python\n")
            .Own("bin/similar", $"#!{link}2/bin/python\n").Own("share/own.txt", link).Link("lib/link", $"{link}/lib").Build();
        string[] paths = ["bin/changed", "bin/similar", "share/own.txt", "lib/link"];
        ulong[] changed = [.. paths.Select(path => below.GetAttributes(below.Find(path)).Inode)];
        using var tree = new RelocatedTree(
            new NumberedMemoryTree(below), PrefixDiscovery.FindSpellings(below, "", [link], changed), SampleEnvironment.Prefix);
        Assert.Equal($"#!{SampleEnvironment.Prefix}/bin/python\n", tree.Text("bin/changed"));
        Assert.Equal($"{SampleEnvironment.Prefix}/lib", tree.Target("lib/link"));
        Assert.Equal($"#!{link}/bin/python\n", tree.Text("bin/unchanged"));
        Assert.Equal($"#!{link}2/bin/python\n", tree.Text("bin/similar"));
        Assert.Equal(2, tree.Differences.Count); // and no marker file
    }

    [Theory]
    [InlineData("    ")]
    [InlineData(null)]
    public void Records_have_the_digests_of_what_is_served(string? indent)
    {
        var text = $"root = {Placeholder}/lib\n";
        var environment = new SampleEnvironment()
            .Managed("pkg", "lib/a.cfg", text, "text").Managed("pkg", "lib/b.so", $"\u007fELF\0{Placeholder}\0tail\0", "binary")
            .Managed("pkg", "lib/changed.cfg", $"changed {Placeholder}", "text").Managed("pkg", "lib/other", "other").Build(record =>
            {
                foreach (var path in Paths(record))
                {
                    var content = (string)path["_path"] switch
                    {
                        "lib/a.cfg" => SampleEnvironment.Installed(text, "text"),
                        "lib/b.so" => SampleEnvironment.Installed($"\u007fELF\0{Placeholder}\0tail\0", "binary"),
                        "lib/other" => "other",
                        _ => "as conda installed it",
                    };
                    path["sha256_in_prefix"] = Digest(content);
                }
            }, indent);
        using var tree = View(environment, Destination);
        var before = environment.Text("conda-meta/pkg-3.11.2-0.json");
        var after = tree.Text("conda-meta/pkg-3.11.2-0.json");
        Assert.Equal(before.Length, after.Length);
        Assert.Equal(
            before.Replace(Digest(environment.Text("lib/a.cfg")), Digest(tree.Text("lib/a.cfg")), StringComparison.Ordinal)
                .Replace(Digest(environment.Text("lib/b.so")), Digest(tree.Text("lib/b.so")), StringComparison.Ordinal),
            after);
        Assert.NotEqual(before, after);
        Assert.Contains(Digest("as conda installed it"), after, StringComparison.Ordinal); // that file was changed

        var at = after.IndexOf(Digest(tree.Text("lib/b.so")), StringComparison.Ordinal) + 10;
        var part = new byte[30];
        Assert.Equal(part.Length, tree.Read(tree.Find("conda-meta/pkg-3.11.2-0.json")!.Value.Node, at, part));
        Assert.Equal(after.Substring(at, part.Length), Encoding.UTF8.GetString(part));
        var table = PrefixDiscovery.Find(environment, "");
        var again = PrefixTableFormat.TryParse(PrefixTableFormat.Format(table))!;
        Assert.Equal(table.Digests[0].Spots, again.Digests[0].Spots);
        Assert.Equal((1, 3), (again.Digests.Count, again.Digests[0].Spots.Count));
    }

    private static List<Dictionary<string, object>> Paths(Dictionary<string, object> record) =>
        (List<Dictionary<string, object>>)((Dictionary<string, object>)record["paths_data"])["paths"];

    private static string Digest(string content) => Sha256.Of(Encoding.UTF8.GetBytes(content));

    [Fact]
    public void A_binary_grows_only_into_the_space_of_its_placeholder()
    {
        var environment = new SampleEnvironment()
            .Managed("pkg", "lib/b.so", $"\u007fELF\0{Placeholder}/lib:{Placeholder}\0tail\0", "binary").Build();
        using var full = View(environment, Placeholder);
        Assert.Equal($"\u007fELF\0{Placeholder}/lib:{Placeholder}\0tail\0", full.Text("lib/b.so"));
        using var longer = View(environment, $"{Placeholder}x");
        Assert.Equal(["lib/b.so"], longer.Unchanged);
        Assert.Equal(environment.Text("lib/b.so"), longer.Text("lib/b.so"));
    }

    [Theory]
    [InlineData("    (b\"lib/a.cfg\", b\"{0}\", b\"text\"),")]
    [InlineData("_prefix_records = [('lib/a.cfg', '{0}', 'text'),")]
    [InlineData("('lib/a.cfg', '{0}', 'text')]")]
    public void An_environment_packed_for_any_prefix_still_has_placeholders(string line)
    {
        var environment = new SampleEnvironment()
            .Own("lib/a.cfg", $"root = {Placeholder}/lib\n")
            .Own("bin/conda-unpack", "#!/usr/bin/env python\n" + line.Replace("{0}", Placeholder, StringComparison.Ordinal) + "\n");
        using var tree = Moved(environment);
        Assert.Equal($"root = {Destination}/lib\n", tree.Text("lib/a.cfg"));
    }

    [Fact]
    public void A_recorded_file_with_its_placeholder_is_found_without_any_list()
    {
        using var tree = Moved(new SampleEnvironment().Managed("pkg", "lib/a.cfg", $"root = {Placeholder}\n", "text", installed: false)
            .Own("lib/a.cfg", $"root = {Placeholder}\n"));
        Assert.Equal($"root = {Destination}\n", tree.Text("lib/a.cfg"));
    }

    [Theory]
    [InlineData("perl -w", "", "#!/srv/other/bin/perl -w\n", "/srv/other")]
    [InlineData("perl -w", "", "#!/usr/bin/env perl -w\n", "/srv/with a space")]
    [InlineData("perl", "use lib 'P/lib';\n", "#!/srv/other/bin/perl\nuse lib '/srv/other/lib';\n", "/srv/other")]
    [InlineData("perl", "use lib 'P/lib';\n", "#!/usr/bin/env perl\nuse lib '/srv/with a space/lib';\n", "/srv/with a space")]
    public void A_first_line_that_a_prefix_could_not_hold_is_known_from_the_checksum(string program, string rest, string shown, string prefix)
    {
        var package = $"#!{Placeholder}/bin/{program}\n{rest.Replace("P", Placeholder, StringComparison.Ordinal)}";
        var installed = $"#!/usr/bin/env {program}\n{rest.Replace("P", SampleEnvironment.Prefix, StringComparison.Ordinal)}";
        SampleEnvironment Sample(string content) => new SampleEnvironment()
            .Managed("pkg", "bin/tool", package, "text", installed: false).Own("bin/tool", content)
            .Own("conda-meta/condafuse-prefix", $"{SampleEnvironment.Prefix}\n");
        using (var tree = View(Sample(installed).Build(), prefix))
        {
            Assert.Equal(shown, tree.Text("bin/tool"));
        }

        // Packing for any prefix wrote the line.
        using (var packed = View(Sample(installed).Own("bin/conda-unpack", "#!/usr/bin/env python\n").Build(), prefix))
        {
            Assert.StartsWith("#!/usr/bin/env perl", packed.Text("bin/tool"), StringComparison.Ordinal);
        }

        // Nothing is known of a script that was changed.
        using var changed = View(Sample($"{installed}#").Build(), prefix);
        Assert.StartsWith("#!/usr/bin/env perl", changed.Text("bin/tool"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_mark_contains_the_prefix_and_is_relocated_too()
    {
        var environment = new SampleEnvironment()
            .Own("conda-meta/condafuse-prefix", "/marked/prefix\n").Own("lib/a.pth", "/marked/prefix/lib\n").Build();
        Assert.Equal("/marked/prefix", PrefixDiscovery.Peek(environment, ""));
        using var tree = View(environment, Destination);
        Assert.Equal(($"{Destination}\n", $"{Destination}/lib\n"), (tree.Text("conda-meta/condafuse-prefix"), tree.Text("lib/a.pth")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("relative")]
    [InlineData("/a\n/b")]
    [InlineData("")]
    public void An_invalid_mark_is_ignored(string mark)
    {
        var environment = new SampleEnvironment().Own("conda-meta/condafuse-prefix", mark).Build();
        Assert.Null(PrefixDiscovery.Peek(environment, ""));
        using var tree = View(environment, Destination);
        Assert.True(tree.IsSame);
    }

    [Theory]
    [InlineData("#!/a/prefix/bin/python\n", "/a/prefix")]
    [InlineData("#!/bin/sh\n'''exec' \"/a pre fix/bin/python\" \"$0\" \"$@\"\n' '''\n", "/a pre fix")]
    [InlineData("#!/bin/sh\n'''exec' \"/a pre fix\"/bin/python \"$0\" \"$@\"\n' '''\n", "/a pre fix")]
    [InlineData("#!/bin/sh\n'''exec' /a/prefix/bin/python \"$0\" \"$@\"\n' '''\n", "/a/prefix")]
    [InlineData("#!/usr/bin/python\n", null)]
    [InlineData("#!/usr/bin/env python\n", null)]
    [InlineData("#!/a/prefix/bin/ruby\n", null)]
    [InlineData("#!/bin/sh\n", null)]
    public void First_lines_show_a_prefix_whose_programs_exist(string script, string? prefix) =>
        Assert.Equal(prefix, PrefixDiscovery.Peek(new SampleEnvironment().Own("bin/python", "\u007fELF").Own("bin/script", script).Build(), ""));

    [Fact]
    public void Different_first_lines_show_no_prefix_unless_all_were_written_at_once()
    {
        var environment = new SampleEnvironment().Own("bin/python", "\u007fELF");
        foreach (var (name, prefix) in new[] { ("a", "/first"), ("b", "/first"), ("c", "/first"), ("z", "/later") })
        {
            environment.Own($"bin/{name}", $"#!{prefix}/bin/python\n");
        }

        var tree = environment.Build();
        Assert.Null(PrefixDiscovery.Peek(tree, ""));
        Assert.Equal("/first", PrefixDiscovery.Peek(tree, "", isUniform: true));
    }

    [Fact]
    public void Files_installed_at_another_prefix_are_relocated_too()
    {
        // The state that version 0.1.0 left of an environment that was renamed, and then changed by conda and pip.
        const string later = $"{SampleEnvironment.Prefix}2";
        static string At(string prefix) => $"root = {prefix}\n";
        using var tree = Moved(new SampleEnvironment()
            .Managed("pkg", "lib/a.cfg", At(Placeholder), "text")
            .Managed("later", "lib/b.cfg", At(Placeholder), "text", installed: false).Own("lib/b.cfg", At(later))
            .Own("bin/python", "\u007fELF").Own("bin/first", $"#!{SampleEnvironment.Prefix}/bin/python\n")
            .Own("bin/pip", $"#!{later}/bin/python\n"));
        Assert.Equal(
            (At(Destination), At(Destination), $"#!{Destination}/bin/python\n"),
            (tree.Text("lib/a.cfg"), tree.Text("lib/b.cfg"), tree.Text("bin/pip")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("/a//b")]
    public async Task A_binary_that_is_made_of_paths_takes_no_time(string piece)
    {
        var content = string.Concat(Enumerable.Repeat(piece, 30_000_000 / piece.Length)) + "\0";
        var tree = new SampleEnvironment().Managed("pkg", "lib/b.so", "other", "binary", installed: false).Own("lib/b.so", content).Build();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var search = Task.Run(() => PrefixDiscovery.Find(tree, ""), CancellationToken.None);
        Assert.Empty((await search.WaitAsync(cancellation.Token)).Prefixes);
    }

    [Fact]
    public void Scripts_that_name_another_environment_stay_where_conda_tells_the_prefix()
    {
        using var tree = Moved(new SampleEnvironment().Managed("pkg", "lib/a.cfg", $"root = {Placeholder}\n", "text")
            .Own("bin/python", "\u007fELF").Own("bin/theirs", "#!/another/environment/bin/python\n"));
        Assert.Equal("#!/another/environment/bin/python\n", tree.Text("bin/theirs"));
        Assert.Equal($"root = {Destination}\n", tree.Text("lib/a.cfg"));
    }

    [Fact]
    public void A_large_binary_alone_tells_its_prefix_without_trying_every_path_in_it()
    {
        var rest = new string('x', 100);
        var paths = string.Concat(Enumerable.Range(0, 20000).Select(number => $"/usr/lib/of/another/kind/{number}/name and {rest}\0"));
        using var tree = Moved(new SampleEnvironment().Managed("pkg", "lib/b.so", $"{paths}{Placeholder}/lib\0tail\0", "binary"));
        Assert.Contains($"{Destination}/lib\0", tree.Text("lib/b.so"), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_records_are_ignored()
    {
        using var tree = Moved(
            new SampleEnvironment().Managed("pkg", "lib/a.cfg", $"root = {Placeholder}\n", "text").Own("conda-meta/bad.json", "{"));
        Assert.Equal($"root = {Destination}\n", tree.Text("lib/a.cfg"));
    }

    [Fact]
    public void A_tree_without_an_environment_has_no_prefixes()
    {
        using var source = new MemoryTree();
        source.AddFile("file", SampleEnvironment.Prefix);
        Assert.Same(PrefixTable.Empty, PrefixDiscovery.Find(source, ""));
        Assert.Same(PrefixTable.Empty, PrefixDiscovery.Find(source, "top"));
        Assert.Null(PrefixDiscovery.Peek(source, ""));
    }

    [Fact]
    public void A_placeholder_of_one_character_is_never_replaced()
    {
        var environment = new SampleEnvironment().Own("lib/a.cfg", "a/b/c").Own("bin/conda-unpack", "('lib/a.cfg', '/', 'text'),\n").Build();
        using var tree = View(environment, Destination);
        Assert.Equal("a/b/c", tree.Text("lib/a.cfg"));
    }

    private static RelocatedTree Moved(SampleEnvironment environment) => View(environment.Build(), Destination);

    private static RelocatedTree View(MemoryTree tree, string prefix) =>
        new(new NumberedMemoryTree(tree), PrefixDiscovery.Find(tree, ""), prefix);
}
