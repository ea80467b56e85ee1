namespace CondaFuse.Activation.Tests;

public class CondaGenerationTests
{
    [Theory]
    [InlineData("24.11.3-py311_0.json", 24, 11)]
    [InlineData("26.1.0", 26, 1)]
    public void A_version_is_its_year_and_month(string text, int year, int month) => Assert.Equal((year, month), CondaGeneration.Parse(text).Version);

    [Theory]
    [InlineData("")]
    [InlineData("libmamba-solver-24.1.0-py_0.json")]
    [InlineData("four")]
    public void Other_text_is_not_a_version(string text) => Assert.Equal(CondaGeneration.Unknown, CondaGeneration.Parse(text));

    [Fact]
    public void The_version_is_read_from_the_record_of_the_base_environment()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            Directory.CreateDirectory(Path.Combine(root.FullName, "conda-meta"));
            Assert.Equal(CondaGeneration.Unknown, CondaGeneration.Find(root.FullName));
            File.WriteAllText(Path.Combine(root.FullName, "conda-meta", "conda-libmamba-solver-24.9.0-pyhd.json"), string.Empty);
            File.WriteAllText(Path.Combine(root.FullName, "conda-meta", "conda-package-handling-2.3.0-py.json"), string.Empty);
            File.WriteAllText(Path.Combine(root.FullName, "conda-meta", "conda-23.11.0-py311_0.json"), string.Empty);
            Assert.Equal((23, 11), CondaGeneration.Find(root.FullName).Version);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
