using CondaFuse.EnvironmentFiles.Installed;
using CondaFuse.EnvironmentFiles.Locks;

namespace CondaFuse.EnvironmentFiles.Tests;

public sealed class ExportTests : IDisposable
{
    private readonly string _prefix = Directory.CreateTempSubdirectory("condafuse-export-").FullName;

    public void Dispose() => Directory.Delete(_prefix, recursive: true);

    [Fact]
    public void Installed_packages_are_read_without_secrets()
    {
        Fill();
        var environment = InstalledEnvironment.Read(_prefix);
        Assert.Equal(["python", "tqdm"], environment.Packages.Conda.Select(package => package.Name));
        Assert.Equal("https://conda.example/chan/noarch/tqdm-4.64.1-py_0.conda", environment.Packages.Conda[1].Url);
        Assert.Equal(
            [("Pytz", "https://files.example/pytz-2023.3-py2.py3-none-any.whl"), ("six", "")],
            environment.Packages.Pip.Select(package => (package.Name, package.Url)));
        Assert.Equal(["mine (file:///src/mine)"], environment.Links);
        Assert.Equal([new("A", "b: \"c\"")], environment.Variables);
    }

    [Fact]
    public void A_list_and_a_lock_are_read_again_as_the_same_packages()
    {
        Fill();
        var environment = InstalledEnvironment.Read(_prefix);
        environment = environment with { Packages = environment.Packages with { Pip = [environment.Packages.Pip[0]] } };
        string[] texts =
        [
            ExplicitList.Write(environment.Packages, "linux-64", prefersSha256: false),
            CondaLockExport.Write(environment, "linux-64", "it's \"x\".yml"),
        ];
        foreach (var text in texts)
        {
            var again = EnvironmentFile.Parse("x", text).Resolve(Samples.Machine, LockSelection.Default);
            Assert.Equal(
                environment.Packages.Conda.Select(package => (package.Url, package.Md5)), again.Conda.Select(package => (package.Url, package.Md5)));
            Assert.Equal(
                environment.Packages.Pip.Select(package => (package.Name, package.Url, package.Sha256)),
                again.Pip.Select(package => (package.Name, package.Url, package.Sha256)));
        }
    }

    [Fact]
    public void An_environment_yml_has_versions_builds_and_variables()
    {
        Fill();
        Assert.Equal(
            $"""
            name: "on"
            channels:
              - "https://conda.example/chan"
              - nodefaults
            dependencies:
              - python=3.11.2=0
              - tqdm=4.64.1=py_0
              - pip:
                  - "Pytz @ https://files.example/pytz-2023.3-py2.py3-none-any.whl#sha256={Samples.Sha256}"
                  - "six==1.16.0"
            variables:
              A: "b: \"c\""

            """,
            YamlExport.Write("on", InstalledEnvironment.Read(_prefix)));
        Assert.Equal(FileFormat.EnvironmentYaml, EnvironmentFile.Parse("x", YamlExport.Write("on", InstalledEnvironment.Read(_prefix))).Format);
    }

    [Fact]
    public void Channels_of_the_public_hosts_have_their_names()
    {
        LockedPackage[] packages = [
            Of("https://conda.anaconda.org/conda-forge/noarch/a-1-0.conda"), Of("https://repo.anaconda.com/pkgs/main/linux-64/b-1-0.conda"),
            Of("https://repo.anaconda.com/pkgs/r/noarch/c-1-0.conda")];
        Assert.Equal(["conda-forge", "defaults"], Channels.Of(packages));

        static LockedPackage Of(string url) => new(PackageManager.Conda, "x", "1", url);
    }

    private void Fill()
    {
        Write("conda-meta/tqdm-4.64.1-py_0.json", $$"""
            {"name": "tqdm", "version": "4.64.1", "build": "py_0",
             "url": "https://a:b@conda.example/t/tk-1/chan/noarch/tqdm-4.64.1-py_0.conda", "md5": "{{Samples.Md5}}",
             "depends": ["python >=3.6"], "files": ["lib/python3.11/site-packages/tqdm-4.64.1.dist-info/METADATA"]}
            """);
        Write("conda-meta/python-3.11.2-0.json", $$"""
            {"name": "python", "version": "3.11.2", "build": "0",
             "url": "https://conda.example/chan/linux-64/python-3.11.2-0.conda", "md5": "{{Samples.Md5}}", "sha256": "{{Samples.Sha256}}",
             "depends": [], "files": []}
            """);
        Write("conda-meta/history", "x");
        Write("conda-meta/broken.json", "{");
        Write("conda-meta/state", "{\"version\": 1, \"env_vars\": {\"A\": \"b: \\\"c\\\"\", \"GONE\": \"***unset***\"}}");
        const string site = "lib/python3.11/site-packages";
        Write($"{site}/tqdm-4.64.1.dist-info/METADATA", "Name: tqdm\n");
        Write($"{site}/pytz-2023.3.dist-info/METADATA", "Metadata-Version: 2.1\nName: Pytz\nVersion: 2023.3\n\nVersion: of the text\n");
        Write($"{site}/pytz-2023.3.dist-info/INSTALLER", "pip\n");
        Write(
            $"{site}/pytz-2023.3.dist-info/direct_url.json",
            $$"""{"archive_info": {"hash": "sha256={{Samples.Sha256}}"}, "url": "https://files.example/pytz-2023.3-py2.py3-none-any.whl"}""");
        Write($"{site}/six-1.16.0.dist-info/INSTALLER", "pip\n");
        Write($"{site}/mine-1.0.dist-info/direct_url.json", """{"dir_info": {"editable": true}, "url": "file:///src/mine"}""");
        Write($"{site}/other-1.0.dist-info/INSTALLER", "conda\n");
        Write($"{site}/~ix-1.0.dist-info/INSTALLER", "pip\n");
    }

    private void Write(string path, string text)
    {
        var whole = Path.Combine(_prefix, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text);
    }
}
