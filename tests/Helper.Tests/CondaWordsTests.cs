namespace CondaFuse.Helper.Tests;

public class CondaWordsTests
{
    [Theory]
    [InlineData("activate ours", "conda-fuse-activate ours")]
    [InlineData("activate --stack ours", "conda-fuse-activate --stack ours")]
    [InlineData("activate other", "conda activate other")]
    [InlineData("activate", "conda activate")]
    [InlineData("deactivate", "conda deactivate")]
    [InlineData("install -n ours numpy", "conda install -p /p/ours numpy")]
    [InlineData("install numpy --name ours -y", "conda install numpy -p /p/ours -y")]
    [InlineData("install --name=ours numpy", "conda install -p /p/ours numpy")]
    [InlineData("install -nours numpy", "conda install -p /p/ours numpy")]
    [InlineData("install -n other numpy", "conda install -n other numpy")]
    [InlineData("install -n", "conda install -n")]
    [InlineData("--no-plugins list -n ours", "conda --no-plugins list -p /p/ours")]
    [InlineData("run -n ours cmd -n ours", "conda run -p /p/ours cmd -n ours")]
    [InlineData("run --cwd ours -n ours cmd", "conda run --cwd ours -p /p/ours cmd")]
    [InlineData("run -p /x cmd -n ours", "conda run -p /x cmd -n ours")]
    [InlineData("env update -n ours -f env.yml", "conda env update -p /p/ours -f env.yml")]
    [InlineData("env update -f env.yml --name=ours", "conda env update -f env.yml -p /p/ours")]
    [InlineData("env create -n ours", "conda env create -n ours")]
    [InlineData("create -n ours python", "conda create -n ours python")]
    [InlineData("rename -n ours new", "conda rename -n ours new")]
    [InlineData("search -n ours", "conda search -n ours")]
    [InlineData("install -- -n ours", "conda install -- -n ours")]
    public void Names_of_our_environments_are_replaced(string line, string expected) =>
        Assert.Equal(
            expected,
            string.Join(' ', CondaWords.Replace(["conda", .. line.Split(' ')], name => $"/p/{name}", name => name == "ours")));
}
