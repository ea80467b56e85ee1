namespace CondaFuse.EnvironmentFiles.Tests;

public class DetectionTests
{
    public static TheoryData<string, FileFormat> Files() => new()
    {
        { Samples.Explicit, FileFormat.ExplicitList },
        { Samples.CondaLock, FileFormat.CondaLock },
        { Samples.Pixi, FileFormat.PixiLock },
        { Samples.PixiSeven, FileFormat.PixiLock },
        { Samples.Yaml, FileFormat.EnvironmentYaml },
        { "dependencies:\n", FileFormat.EnvironmentYaml },
        { "name: x\ndependencies: [python]", FileFormat.EnvironmentYaml },
        { "numpy==1.24 ; python_version < '3.12'\n", FileFormat.Requirements },
        { "--index-url https://pypi.example\nnumpy", FileFormat.Requirements },
        { "requests[security]>=2\n", FileFormat.Requirements },
        { "a @ https://h/x.whl", FileFormat.Requirements },
        { "a \\\n --hash=sha256:00\n", FileFormat.Requirements },
        { "numpy=1.24\n", FileFormat.PackageList },
        { "numpy 1.24\n", FileFormat.PackageList },
        { "conda-forge::numpy[version='>=1']\n", FileFormat.PackageList },
        { "numpy\npandas>=1\n", FileFormat.PackageList },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_format_is_found_by_the_content(string text, FileFormat format) =>
        Assert.Equal(format, EnvironmentFile.Parse("/x/some file", text).Format);

    [Fact]
    public void The_file_name_decides_between_conda_and_pip()
    {
        Assert.Equal(FileFormat.Requirements, EnvironmentFile.Parse("dev-requirements.txt", "numpy\npandas>=1\n").Format);
        Assert.Equal(FileFormat.PackageList, EnvironmentFile.Parse("requirements.txt", "numpy=1.24\n").Format);
    }

    [Theory]
    [InlineData("", "lists no package")]
    [InlineData("# nothing\n", "lists no package")]
    [InlineData("a\0b", "no text")]
    [InlineData("name: x\n", "neither")]
    [InlineData("dependencies:\n  - a\n bad", "line")]
    [InlineData("dependencies: &x [a]\nother: *x", "aliases")]
    [InlineData("name: a\nname: b\ndependencies: []", "twice")]
    [InlineData("version: 5\nenvironments: {}\npackages: []", "version 5")]
    [InlineData("version: 2\npackage: []", "version 2")]
    public void Other_files_are_refused_with_the_reason(string text, string reason)
    {
        var refusal = Assert.Throws<EnvironmentFileException>(() => EnvironmentFile.Parse("/x/file.yml", text));
        Assert.Equal(EnvironmentFileFault.Malformed, refusal.Fault);
        Assert.StartsWith("file.yml cannot be read: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("requirements.txt", "numpy\n-e .\n")]
    [InlineData("environment.yml", "dependencies:\n  - pip\n  - pip:\n    - --editable ./mine\n")]
    public void Links_to_sources_are_refused_by_name(string name, string text)
    {
        var refusal = Assert.Throws<EnvironmentFileException>(() => EnvironmentFile.Parse(name, text));
        Assert.Equal(EnvironmentFileFault.Refused, refusal.Fault);
        Assert.Contains("'-", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_nesting_of_values_is_limited()
    {
        var text = $"dependencies: {new string('[', 1000)}{new string(']', 1000)}";
        Assert.Throws<EnvironmentFileException>(() => EnvironmentFile.Parse("x.yml", text));
    }
}
