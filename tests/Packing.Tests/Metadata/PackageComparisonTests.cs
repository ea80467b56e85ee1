using CondaFuse.Packing.Metadata;

namespace CondaFuse.Packing.Tests.Metadata;

public class PackageComparisonTests
{
    [Theory]
    [InlineData("conda-meta/numpy-1.24.2-py311_0.json", "numpy", "1.24.2")]
    [InlineData("conda-meta/python-dateutil-2.8.2-py_0.json", "python-dateutil", "2.8.2")]
    [InlineData("conda-meta/_libgcc_mutex-0.1-main.json", "_libgcc_mutex", "0.1")]
    public void A_record_of_conda_names_package_and_version(string path, string name, string version) =>
        Assert.Equal((name, version), PackageComparison.ParseConda(path));

    [Theory]
    [InlineData("conda-meta/history")]
    [InlineData("conda-meta/state.json")]
    [InlineData("conda-meta/-1.0-0.json")]
    [InlineData("conda-meta/numpy-1.24.2-py311_0.json.c~")]
    [InlineData("conda-meta/below/numpy-1.24.2-py311_0.json")]
    [InlineData("other/numpy-1.24.2-py311_0.json")]
    public void Nothing_else_is_a_record_of_conda(string path) => Assert.Null(PackageComparison.ParseConda(path));

    [Theory]
    [InlineData("lib/python3.11/site-packages/six-1.16.0.dist-info", "six", "1.16.0")]
    [InlineData("foo_bar-1.0.dev1+local.dist-info", "foo_bar", "1.0.dev1+local")]
    public void A_dist_info_names_package_and_version(string path, string name, string version) =>
        Assert.Equal((name, version), PackageComparison.ParsePython(path));

    [Theory]
    [InlineData("lib/python3.11/site-packages/~ix-1.16.0.dist-info")]
    [InlineData("lib/python3.11/site-packages/six.dist-info")]
    [InlineData("lib/python3.11/site-packages/six-.dist-info")]
    [InlineData("lib/python3.11/site-packages/six-1.0.egg-info")]
    public void Nothing_else_is_a_dist_info(string path) => Assert.Null(PackageComparison.ParsePython(path));
}
