using System.Text.Json;
using CondaFuse.Helper.Integrations;
using CondaFuse.Store;

namespace CondaFuse.Helper.Tests;

public class KernelSpecTests
{
    [Theory]
    [InlineData("test-env", "condafuse-test-env")]
    [InlineData("v1.2_x", "condafuse-v1.2_x")]
    public void Names_that_Jupyter_takes_stay(string environment, string kernel) => Assert.Equal(kernel, KernelSpec.NameFor(environment));

    [Theory]
    [InlineData("Test")]
    [InlineData("größe")]
    [InlineData("a b")]
    [InlineData("a+b")]
    public void Other_names_are_converted_for_Jupyter_and_stay_distinct(string environment)
    {
        var kernel = KernelSpec.NameFor(environment);
        Assert.Matches("^[a-z0-9._-]+$", kernel);
        Assert.NotEqual(KernelSpec.NameFor(environment.ToLowerInvariant().Replace('+', ' ') + "-"), kernel);
        Assert.NotEqual($"condafuse-{environment.ToLowerInvariant()}", kernel);
    }

    [Fact]
    public void A_written_kernel_is_read_again_with_all_paths()
    {
        var spec = new KernelSpec("condafuse-x", "x", "X \"1\"", "/data/$archives");
        var json = spec.ToJson(Call("/data/$archives"));
        Assert.Equal(spec, KernelSpec.TryParse("condafuse-x", json));
        using var document = JsonDocument.Parse(json);
        var argv = document.RootElement.GetProperty("argv").EnumerateArray().Select(word => word.GetString()!).ToList();
        Assert.True(Path.IsPathRooted(argv[0]));
        Assert.Equal(["run", "x", "--", "python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], argv[1..]);
        var variables = document.RootElement.GetProperty("env");
        Assert.Equal("/data/$$archives", variables.GetProperty("CONDA_FUSE_ARCHIVE_PATH").GetString());
        Assert.Equal("/somewhere/miniconda_fuse/envs", variables.GetProperty("CONDA_FUSE_MOUNT_ROOT").GetString());
        Assert.False(variables.TryGetProperty("XDG_STATE_HOME", out _));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("{\"display_name\": \"other\", \"metadata\": {\"debugger\": true}}")]
    [InlineData("{\"display_name\": \"other\", \"metadata\": {\"condafuse\": {\"environment\": 1}}}")]
    public void Other_programs_kernels_are_not_ours(string json) => Assert.Null(KernelSpec.TryParse("x", System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_name_in_which_Jupyter_would_replace_something_is_refused()
    {
        var failure = Assert.Throws<StoreException>(() => new KernelSpec("k", "a{prefix}", "k", "/data").ToJson(Call("/data")));
        Assert.Equal(StoreFault.BadName, failure.Fault);
        Assert.Contains("a{prefix}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_kernel_is_neither_listed_nor_replaced()
    {
        var folder = Directory.CreateTempSubdirectory("condafuse-kernels-");
        try
        {
            var specs = new KernelSpecs(folder.FullName);
            Assert.Empty(specs.List());
            var spec = new KernelSpec("condafuse-x", "x", "X", "/data");
            specs.Write(spec, spec.ToJson(Call("/data")));
            var renamed = spec with { DisplayName = "Y" };
            specs.Write(renamed, renamed.ToJson(Call("/data")));
            Assert.Equal([renamed], specs.List());
            var elsewhere = spec with { Archives = "/other" };
            Refuses(() => specs.Write(elsewhere, elsewhere.ToJson(Call("/other"))));
            File.WriteAllText(Path.Combine(specs.PathOf(spec.Kernel), "kernel.json"), "{}");
            Assert.Empty(specs.List());
            Refuses(() => specs.Write(spec, spec.ToJson(Call("/data"))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_archive_of_a_kernel_may_be_in_any_of_its_folders()
    {
        var folder = Directory.CreateTempSubdirectory("condafuse-archives-");
        try
        {
            var spec = new KernelSpec("condafuse-x", "x", "X", $"/not/there:{folder.FullName}");
            Assert.False(spec.HasArchive);
            File.WriteAllText(Path.Combine(folder.FullName, "x.squashfs"), "");
            Assert.True(spec.HasArchive);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Refuses(Action write) => Assert.Equal(StoreFault.AlreadyExists, Assert.Throws<StoreException>(write).Fault);

    private static FixedCall Call(string archives) => new(new Session(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["HOME"] = "/somewhere", ["CONDA_FUSE_ARCHIVE_PATH"] = archives,
    }));
}
