using CondaFuse.Tests.Shared;

namespace CondaFuse.Store.Tests;

public sealed class PrefixLocatorTests
{
    [Theory]
    [InlineData("lib", "", "conda-meta/history", "lib/python3.12/os.py")] // an environment at the root has a directory with the archive's name
    [InlineData("lib", "lib", "lib/conda-meta/history", "lib/lib/x")]
    [InlineData("env", "env", "env/bin/x", "other/y")] // begun, but not an environment yet
    [InlineData("renamed", "env", "env/conda-meta/history", "share/x")]
    [InlineData("two", "", "a/conda-meta/history", "b/conda-meta/history")]
    public void The_environment_is_found(string name, string expected, params string[] files) => Assert.Equal(expected, Locate(name, files));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("$(touch x)")]
    [InlineData("`touch x`")]
    [InlineData("a\u001b]0;b")]
    [InlineData("a\u202eb")]
    [InlineData("-p")]
    [InlineData("a\\w")]
    [InlineData("%d")]
    public void A_name_that_affects_a_prompt_or_list_is_not_a_prefix(string directory) =>
        Assert.Equal("", Locate("x", $"{directory}/conda-meta/history"));

    private static string Locate(string name, params string[] files)
    {
        var tree = new MemoryTree();
        var made = new HashSet<string>();
        foreach (var file in files)
        {
            for (var slash = file.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = file.IndexOf('/', slash + 1))
            {
                if (made.Add(file[..slash]))
                {
                    tree.AddDirectory(file[..slash]);
                }
            }

            tree.AddFile(file, "");
        }

        return PrefixLocator.Locate(tree, name);
    }
}
