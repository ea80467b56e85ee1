using System.Text.Json;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Tests;

public class PackedEnvironmentTests
{
    private static readonly string Placeholder = SampleEnvironment.Placeholder;

    [Fact]
    public void The_placeholder_is_restored_and_conda_unpack_gets_a_record()
    {
        var text = $"root = {Placeholder}/lib\n";
        var binary = $"\u007fELF\0{Placeholder}/lib\0tail\0";
        var tree = Pack(new SampleEnvironment().Managed("pkg", "lib/a.cfg", text, "text").Managed("pkg", "lib/b.so", binary, "binary"));
        Assert.Equal(text, tree.Text("lib/a.cfg"));
        Assert.Equal(binary, tree.Text("lib/b.so"));
        Assert.Contains($"(b\"lib/a.cfg\", b\"{Placeholder}\", b\"text\"),", tree.Text("bin/conda-unpack"), StringComparison.Ordinal);
        Assert.Contains($"(b\"lib/b.so\", b\"{Placeholder}\", b\"binary\"),", tree.Text("bin/conda-unpack"), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_of_bin_find_their_program_through_env_and_are_left_alone_then()
    {
        var tree = Pack(
            new SampleEnvironment()
                .Managed("pkg", "bin/tool", $"#!{Placeholder}/bin/python -E\nx\n", "text")
                .Own("bin/own", $"#!{SampleEnvironment.Prefix}/bin/perl\n"));
        Assert.Equal("#!/usr/bin/env python -E\nx\n", tree.Text("bin/tool"));
        Assert.Equal("#!/usr/bin/env perl\n", tree.Text("bin/own"));
        Assert.DoesNotContain("bin/tool", tree.Text("bin/conda-unpack"), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_text_files_are_searched_for_the_prefix()
    {
        var tree = Pack(new SampleEnvironment()
            .Own("etc/own.conf", $"p={SampleEnvironment.Prefix}/x")
            .Own("etc/none.conf", "nothing")
            .Own("lib/own.so", $"\0{SampleEnvironment.Prefix}\0"));
        var script = tree.Text("bin/conda-unpack");
        Assert.Contains($"(b\"etc/own.conf\", b\"{SampleEnvironment.Prefix}\", b\"text\"),", script, StringComparison.Ordinal);
        Assert.DoesNotContain("none.conf", script, StringComparison.Ordinal);
        Assert.DoesNotContain("own.so", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lib/a.cfg", "root = /lib\n", "text")]
    [InlineData("lib/a.cfg", "'/' \"/usr/lib:/bin\" -L/lib", "text")]
    [InlineData("bin/a", "#!/bin/python\n/x", "text")]
    [InlineData("lib/b.so", "\u007fELF\0/usr/lib/x\0/lib:/share\0\0tail\0", "binary")]
    public void The_original_prefix_is_found_and_proven_for_an_environment_at_another_path(string path, string content, string mode)
    {
        content = content.Replace("/lib", $"{Placeholder}/lib", StringComparison.Ordinal)
            .Replace("/bin/python", $"{Placeholder}/bin/python", StringComparison.Ordinal);
        var environment = new SampleEnvironment().Managed("pkg", path, content, mode)
            .Own("etc/old.conf", $"p={SampleEnvironment.Prefix}/x").Own("etc/new.conf", "p=/mnt/here/x")
            .Link("old", $"{SampleEnvironment.Prefix}/lib").Link("new", "/mnt/here/lib");
        var tree = Pack(environment, settings => settings with { Prefix = "/mnt/here" });
        Assert.Equal(path == "bin/a" ? "#!/usr/bin/env python\n/x" : content, tree.Text(path));
        var unpack = tree.Text("bin/conda-unpack");
        Assert.Contains($"(b\"etc/old.conf\", b\"{SampleEnvironment.Prefix}\", b\"text\"),", unpack, StringComparison.Ordinal);
        Assert.Contains("(b\"etc/new.conf\", b\"/mnt/here\", b\"text\"),", unpack, StringComparison.Ordinal);
        Assert.Equal("lib", tree.Target("old"));
        Assert.Equal("lib", tree.Target("new"));
    }

    [Fact]
    public void An_unknown_prefix_causes_a_warning()
    {
        var environment = new SampleEnvironment()
            .Managed("pkg", "lib/a.cfg", $"root = {Placeholder}/lib\n", "text", installed: false)
            .Own("lib/a.cfg", "root = /somewhere/lib, and more\n");
        var packed = Of(environment.Build(), settings => settings with { Prefix = "/mnt/here" });
        Assert.Contains(packed.Warnings, warning => warning.Contains("/mnt/here", StringComparison.Ordinal));
    }

    [Fact]
    public void A_destination_is_written_into_the_files_so_that_conda_unpack_is_not_needed()
    {
        var environment = new SampleEnvironment()
            .Managed("pkg", "bin/tool", $"#!{Placeholder}/bin/python\n", "text")
            .Managed("pkg", "lib/b.so", $"{Placeholder}/lib\0tail\0", "binary")
            .Own("etc/own.conf", $"p={SampleEnvironment.Prefix}/x");
        var tree = Pack(environment, settings => settings with { Destination = "/srv/env" });
        Assert.Equal("#!/srv/env/bin/python\n", tree.Text("bin/tool"));
        Assert.Equal($"/srv/env/lib\0{new string('\0', Placeholder.Length - "/srv/env".Length)}tail\0", tree.Text("lib/b.so"));
        Assert.Equal("p=/srv/env/x", tree.Text("etc/own.conf"));
        Assert.Null(tree.Find("bin/conda-unpack"));
        Assert.NotNull(tree.Find("bin/activate"));
    }

    [Fact]
    public void A_destination_that_does_not_fit_is_refused_by_name()
    {
        var environment = new SampleEnvironment().Managed("pkg", "lib/b.so", $"{Placeholder}\0", "binary");
        var failure = Assert.Throws<PackingException>(
            () => Pack(environment, settings => settings with { Destination = "/" + new string('x', 200) }));
        Assert.Equal(PackingFault.DestinationTooLong, failure.Fault);
        Assert.Contains("lib/b.so", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conda_s_own_activate_is_kept_at_a_destination()
    {
        var environment = new SampleEnvironment().Managed("conda", "bin/activate", "conda's", null);
        Assert.Equal("conda's", Pack(environment, settings => settings with { Destination = "/srv/env" }).Text("bin/activate"));
    }

    [Fact]
    public void Records_lose_machine_specific_fields_and_keep_the_rest()
    {
        var tree = Pack(new SampleEnvironment().Managed("pkg", "lib/a", "x"));
        using var record = JsonDocument.Parse(tree.Text("conda-meta/pkg-3.11.2-0.json"));
        Assert.Equal("", record.RootElement.GetProperty("extracted_package_dir").GetString());
        Assert.Equal("", record.RootElement.GetProperty("link").GetProperty("source").GetString());
        Assert.Equal(1, record.RootElement.GetProperty("link").GetProperty("type").GetInt32());
        Assert.Equal("lib/a", record.RootElement.GetProperty("files")[0].GetString());
        Assert.Contains(SampleEnvironment.Prefix, tree.Text("conda-meta/history"), StringComparison.Ordinal);
    }

    [Fact]
    public void Generated_files_and_files_of_a_base_environment_are_left_out()
    {
        var tree = Pack(new SampleEnvironment()
            .Managed("pkg", "lib/a.py", "x").Managed("pkg", "lib/__pycache__/m.cpython-311.pyc", "managed")
            .Own("lib/__pycache__/a.cpython-311.pyc", "code").Own("lib/__pycache__/own.cpython-311.pyc", "code")
            .Own("pkgs/cached", "x")
                .Own("envs/other/x", "x")
                .Own("notes~", "x")
                .Own("bin/conda", "old")
                .Own("bin/deactivate", "old")
                .Empty("var/empty"));
        Assert.Equal(
            ["bin/activate", "bin/activate.fish", "bin/conda-unpack", "bin/deactivate", "conda-meta/history", "conda-meta/pkg-3.11.2-0.json",
             "lib/__pycache__/m.cpython-311.pyc", "lib/__pycache__/own.cpython-311.pyc", "lib/a.py", "var/empty/"],
            tree.Paths());
    }

    [Fact]
    public void Filters_work_in_their_order_and_leave_no_empty_directories()
    {
        var environment = new SampleEnvironment().Managed("pkg", "lib/a/x.h", "x").Managed("pkg", "lib/a/y.h", "x").Managed("pkg", "lib/b/z.h", "x");
        var tree = Pack(
            environment,
            settings =>
                settings with
                {
                    Filters = [
                        new(Includes: true, "*"),
                        new(Includes: false, "*.h"),
                        new(Includes: true, "lib/a/*"),
                        new(Includes: false, "*/y.h"),
                    ],
                });
        Assert.Equal(["lib/a/x.h"], tree.Paths().Where(path => path.StartsWith("lib", StringComparison.Ordinal)));
        Assert.Null(tree.Find("lib/b"));
    }

    [Fact]
    public void Missing_files_are_named_with_their_package_except_for_byte_code()
    {
        var environment = new SampleEnvironment()
            .Managed("pkg", "lib/gone.py", "x", installed: false)
            .Managed("pkg", "lib/gone.pyc", "x", installed: false);
        environment.Build();
        var failure = Assert.Throws<PackingException>(() => Of(environment.Tree));
        Assert.Equal(PackingFault.MissingFiles, failure.Fault);
        Assert.Contains("pkg 3.11.2:\n      lib/gone.py\n", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("gone.pyc", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--ignore-missing-files", failure.Message, StringComparison.Ordinal);
        _ = Of(environment.Tree, settings => settings with { AllowMissing = true });
        _ = Of(environment.Tree, settings => settings with { Filters = [new(Includes: false, "lib/*")] });
    }

    [Fact]
    public void Overwritten_files_are_packed_unmodified_and_named()
    {
        var environment = new SampleEnvironment().Managed("pkg", "lib/a.py", "longer than it is", installed: false).Own("lib/a.py", "short");
        environment.Build();
        var packed = Of(environment.Tree);
        Assert.Contains("lib/a.py", Assert.Single(packed.Warnings), StringComparison.Ordinal);
        Assert.Equal("short", packed.Tree.Text("lib/a.py"));
    }

    [Fact]
    public void A_changed_file_with_the_prefix_is_packed_unmodified_for_any_prefix()
    {
        var environment = new SampleEnvironment()
            .Managed("pkg", "etc/a.cfg", $"{Placeholder}\n", "text", installed: false)
            .Own("etc/a.cfg", $"mine: {SampleEnvironment.Prefix}\n");
        var tree = Pack(environment);
        Assert.Equal($"mine: {SampleEnvironment.Prefix}\n", tree.Text("etc/a.cfg"));
        Assert.Contains($"(b\"etc/a.cfg\", b\"{SampleEnvironment.Prefix}\", b\"text\"),", tree.Text("bin/conda-unpack"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("own-1.0.dist-info/direct_url.json", """{"dir_info": {"editable": true}, "url": "file:///src/own"}""", "own (file:///src/own)")]
    [InlineData("own.egg-link", "/src/own\n.", "own (/src/own)")]
    [InlineData("easy-install.pth", "/src/own\n", "easy-install.pth (/src/own)")]
    public void Editable_packages_are_named(string file, string content, string named)
    {
        var environment = new SampleEnvironment().Managed("python", "bin/python", "x").Own($"lib/python3.11/site-packages/{file}", content);
        environment.Build();
        var failure = Assert.Throws<PackingException>(() => Of(environment.Tree));
        Assert.Equal(PackingFault.EditablePackages, failure.Fault);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        _ = Of(environment.Tree, settings => settings with { AllowEditable = true });
    }

    [Fact]
    public void A_package_that_leaves_several_traces_is_named_once()
    {
        const string site = "lib/python3.11/site-packages";
        var environment = new SampleEnvironment().Managed("python", "bin/python", "x")
            .Own($"{site}/own_one-1.0.dist-info/direct_url.json", """{"dir_info": {"editable": true}, "url": "file:///src/own%20one"}""")
            .Own($"{site}/__editable__.own_one-1.0.pth", "/src/own one/src\n")
            .Own($"{site}/own-one.egg-link", "/src/own one\n.")
            .Own($"{site}/easy-install.pth", "/src/own one\n/src/own one other\n");
        environment.Build();
        var named = Assert.Throws<PackingException>(() => Of(environment.Tree))
            .Message.Split('\n')
            .Where(line => line.StartsWith("  - ", StringComparison.Ordinal));
        Assert.Equal(["  - easy-install.pth (/src/own one other)", "  - own_one (file:///src/own%20one)"], named);
    }

    [Theory]
    [InlineData("own-1.0.dist-info/direct_url.json", """{"dir_info": {}, "url": "file:///src/own"}""")]
    [InlineData("own-1.0.dist-info/direct_url.json", "no json")]
    [InlineData("distutils-precedence.pth", "import os; /src")]
    [InlineData("inside.pth", "/home/user/envs/sample/lib/extra\n")]
    public void Others_are_not(string file, string content)
    {
        var environment = new SampleEnvironment().Managed("python", "bin/python", "x").Own($"lib/python3.11/site-packages/{file}", content);
        _ = Pack(environment);
    }

    [Fact]
    public void Symlinks_to_the_prefix_lead_into_the_environment_wherever_it_is()
    {
        var tree = Pack(
            new SampleEnvironment().Link("lib/a/link", $"{SampleEnvironment.Prefix}/lib/b").Link("lib/other", "/usr/lib").Link("lib/near", "a"));
        Assert.Equal("../../lib/b", tree.Target("lib/a/link"));
        Assert.Equal("/usr/lib", tree.Target("lib/other"));
        Assert.Equal("a", tree.Target("lib/near"));
    }

    [Fact]
    public void A_directory_that_is_not_an_environment_is_refused()
    {
        var failure = Assert.Throws<PackingException>(() => Of(new CondaFuse.Tests.Shared.MemoryTree()));
        Assert.Equal(PackingFault.NotAnEnvironment, failure.Fault);
    }

    [Fact]
    public void An_invalid_record_is_named()
    {
        var tree = new SampleEnvironment().Own("conda-meta/odd.json", "{").Tree;
        Assert.Contains("conda-meta/odd.json", Assert.Throws<PackingException>(() => Of(tree)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropped_content_is_created_again()
    {
        var text = string.Concat(Enumerable.Repeat($"{Placeholder}\n", 5000));
        var tree = Pack(new SampleEnvironment().Managed("pkg", "lib/large.txt", text, "text"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(text, tree.Text("lib/large.txt"));
            GC.Collect();
        }
    }

    [Fact]
    public void Files_changed_during_packing_are_reported()
    {
        var text = new string('x', 100_000) + $"{Placeholder}/bin\n";
        var installed = System.Text.Encoding.UTF8.GetBytes(SampleEnvironment.Installed(text, "text"));
        var tree = Pack(new SampleEnvironment().Managed("pkg", "lib/large.txt", text, "text", installed: false).Own("lib/large.txt", installed));
        installed[0] = (byte)'y';
        GC.Collect();
        var failure = Assert.Throws<TreeException>(() => tree.Text("lib/large.txt"));
        Assert.Equal("lib/large.txt: was changed while it was packed", failure.Message);
    }

    [Fact]
    public void Files_of_noarch_python_packages_are_found_where_conda_installed_them()
    {
        var text = $"root = {Placeholder}/lib\n";
        var tree = Pack(
            new SampleEnvironment()
                .Noarch("tool", "site-packages/tool/__init__.py", "x")
                .Noarch("tool", "site-packages/tool/where.py", text, "text"));
        Assert.Equal(text, tree.Text($"{SampleEnvironment.SitePackages}/tool/where.py"));
        Assert.Contains(
            $"(b\"{SampleEnvironment.SitePackages}/tool/where.py\", b\"{Placeholder}\", b\"text\"),",
            tree.Text("bin/conda-unpack"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_deleted_file_of_a_noarch_python_package_is_named_by_its_place()
    {
        var environment = new SampleEnvironment()
            .Noarch("tool", "site-packages/tool/__init__.py", "x", installed: false)
            .Own($"{SampleEnvironment.SitePackages}/own.py", "");
        var failure = Assert.Throws<PackingException>(() => Of(environment.Build()));
        Assert.Equal(PackingFault.MissingFiles, failure.Fault);
        Assert.Contains($"{SampleEnvironment.SitePackages}/tool/__init__.py", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_overwritten_file_of_a_noarch_python_package_is_warned_of()
    {
        var environment = new SampleEnvironment()
            .Noarch("tool", "site-packages/tool/__init__.py", "x", installed: false)
            .Own($"{SampleEnvironment.SitePackages}/tool/__init__.py", "other");
        Assert.Contains(
            $"{SampleEnvironment.SitePackages}/tool/__init__.py", Assert.Single(Of(environment.Build()).Warnings), StringComparison.Ordinal);
    }

    private static IReadableTree Pack(SampleEnvironment environment, Func<EnvironmentSettings, EnvironmentSettings>? change = null)
    {
        var packed = Of(environment.Build(), change);
        Assert.Empty(packed.Warnings);
        return packed.Tree;
    }

    private static PackedEnvironment Of(IReadableTree tree, Func<EnvironmentSettings, EnvironmentSettings>? change = null)
    {
        var settings = new EnvironmentSettings { Prefix = SampleEnvironment.Prefix, Threads = 2 };
        return PackedEnvironment.Of(tree, change?.Invoke(settings) ?? settings);
    }
}
