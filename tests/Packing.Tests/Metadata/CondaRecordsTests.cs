using System.Text;
using System.Text.Json;
using CondaFuse.Packing.Content;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Packing.Tests.Metadata;

/// <summary>Every kind of record that conda writes, and the installed paths.</summary>
public class CondaRecordsTests
{
    private const string Python = """{"name": "python", "version": "3.11.2", "files": ["bin/python3.11"]}""";

    public static TheoryData<string> RealRecords =>
        [.. typeof(CondaRecordsTests).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".json", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(RealRecords))]
    public void A_record_written_by_conda_describes_exactly_the_files_it_lists(string name)
    {
        var record = RealRecord(name);
        using var document = JsonDocument.Parse(record);
        var listed = document.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).ToList();
        var paths = document.RootElement.GetProperty("paths_data").GetProperty("paths");
        var sized = paths.EnumerateArray().Count(path => path.TryGetProperty("size_in_bytes", out _));
        var read = Read(Python, record);
        Assert.Equal(listed.Append("bin/python3.11").Order(StringComparer.Ordinal), read.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(sized, read.Files.Values.Count(file => file.PackageSize is not null));
        Assert.All(read.Files, file => Assert.Equal(file.Key, file.Value.Path));
    }

    [Theory]
    [MemberData(nameof(RealRecords))]
    public void A_record_written_by_conda_is_understood_in_an_environment_without_python(string name)
    {
        var record = RealRecord(name);
        using var document = JsonDocument.Parse(record);
        Assert.Equal(document.RootElement.GetProperty("files").GetArrayLength(), Read(record).Files.Count);
    }

    [Theory]
    [InlineData("\"noarch\": \"python\"", "site-packages/a.py", "lib/python3.11/site-packages/a.py")]
    [InlineData("\"noarch\": \"PYTHON\"", "site-packages/a.py", "lib/python3.11/site-packages/a.py")]
    [InlineData("\"package_type\": \"noarch_python\"", "site-packages/a.py", "lib/python3.11/site-packages/a.py")]
    [InlineData("\"noarch\": \"python\"", "python-scripts/tool", "bin/tool")]
    [InlineData(
        "\"noarch\": \"python\"",
        "lib/python3.11/site-packages/__pycache__/a.cpython-311.pyc",
        "lib/python3.11/site-packages/__pycache__/a.cpython-311.pyc")]
    [InlineData("\"noarch\": \"python\"", "bin/tool", "bin/tool")]
    [InlineData("\"noarch\": \"python\"", "share/site-packages/data", "share/site-packages/data")]
    [InlineData("\"noarch\": \"python\"", "etc/conda/activate.d/tool.sh", "etc/conda/activate.d/tool.sh")]
    [InlineData("\"noarch\": \"python\"", "site-packages", "site-packages")]
    [InlineData("\"noarch\": \"generic\"", "site-packages/a.py", "site-packages/a.py")]
    [InlineData("\"noarch\": true", "python-scripts/tool", "python-scripts/tool")]
    [InlineData("\"noarch\": null", "site-packages/a.py", "site-packages/a.py")]
    [InlineData("\"subdir\": \"linux-64\"", "python-scripts/tool", "python-scripts/tool")]
    public void Only_a_noarch_python_package_has_separate_paths(string kind, string recorded, string installed)
    {
        var read = Read(Record(kind, recorded), Python);
        Assert.Equal(installed, Assert.Single(read.Files.Keys, path => path != "bin/python3.11"));
    }

    [Theory]
    [InlineData("\"version\": \"3.9.18\"", "lib/python3.9/site-packages")]
    [InlineData("\"version\": \"3.13.1\", \"python_site_packages_path\": \"lib/python3.13t/site-packages\"", "lib/python3.13t/site-packages")]
    [InlineData("\"version\": \"2.7.18\", \"python_site_packages_path\": null", "lib/python2.7/site-packages")]
    public void The_python_of_the_environment_says_where_its_packages_lie(string version, string sitePackages)
    {
        var read = Read(Record("\"noarch\": \"python\"", "site-packages/a.py"), "{\"name\": \"python\", " + version + "}");
        Assert.Equal(sitePackages, read.SitePackages);
        Assert.Equal($"{sitePackages}/a.py", Assert.Single(read.Files.Keys));
    }

    [Fact]
    public void A_record_without_paths_data_lists_files_without_details()
    {
        var file = Assert.Single(Read("""{"name": "old", "version": "1", "files": ["lib/old"]}""").Files.Values);
        Assert.Equal(("old 1", "lib/old", PrefixMode.Unknown), (file.Package, file.Path, file.Mode));
    }

    [Fact]
    public void A_link_has_neither_size_nor_digest()
    {
        const string record =
            """{"name": "a", "version": "1", "files": ["lib/l"], "paths_data": {"paths": [{"_path": "lib/l", "path_type": "softlink"}]}}""";
        var file = Assert.Single(Read(record).Files.Values);
        Assert.Equal((PrefixMode.None, null, null), (file.Mode, file.PackageSize, file.PackageDigest));
    }

    [Fact]
    public void A_package_of_metadata_alone_has_no_files() =>
        Assert.Empty(Read("""{"name": "meta", "version": "1", "files": [], "paths_data": {"paths": [], "paths_version": 1}}""").Files);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"version": "1"}""")]
    [InlineData("""{"name": 3}""")]
    [InlineData("""{"name": "a", "paths_data": {"paths": [{"path_type": "hardlink"}]}}""")]
    public void What_is_not_a_record_is_refused(string content) =>
        Assert.Equal(PackingFault.BadMetadata, Assert.Throws<PackingException>(() => Read(content)).Fault);

    private static string Record(string kind, string path) =>
        $$$"""{"name": "pkg", "version": "1", {{{kind}}}, "files": [], """
        + $$$"""
          "paths_data": {"paths": [{"_path": "{{{path}}}", "path_type": "hardlink"}]}}
          """;

    private static CondaRecords Read(params string[] records)
    {
        var tree = new MemoryTree();
        tree.AddDirectory("conda-meta");
        for (var i = 0; i < records.Length; i++)
        {
            tree.AddFile($"conda-meta/{i}-1-0.json", records[i]);
        }

        return CondaRecords.Of(SourceFiles.Of(tree, CancellationToken.None));
    }

    private static string RealRecord(string name)
    {
        using var reader = new StreamReader(typeof(CondaRecordsTests).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
