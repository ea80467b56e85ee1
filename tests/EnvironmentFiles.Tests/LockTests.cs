using CondaFuse.EnvironmentFiles.Locks;

namespace CondaFuse.EnvironmentFiles.Tests;

public class LockTests
{
    private const string Python = "https://conda.example/chan/linux-64/python-3.11.2-0.conda";
    private const string Tqdm = "https://conda.example/chan/noarch/tqdm-4.64.1-py_0.conda";
    private const string Pytz = "https://files.example/pytz-2023.3-py2.py3-none-any.whl";

    public static TheoryData<string> Locks() => [Samples.CondaLock, Samples.Pixi];

    [Theory]
    [MemberData(nameof(Locks))]
    public void A_lock_names_the_packages_of_this_platform_after_their_dependencies(string text)
    {
        var packages = Resolve(text);
        Assert.Equal([Python, Tqdm], packages.Conda.Select(package => package.Url));
        Assert.Equal(Samples.Md5, packages.Conda[0].Md5);
        var pip = Assert.Single(packages.Pip);
        Assert.Equal(("pytz", "2023.3", Pytz, Samples.Sha256), (pip.Name, pip.Version, pip.Url, pip.Sha256));
    }

    [Fact]
    public void A_list_without_known_dependencies_keeps_its_order()
    {
        var packages = Resolve(Samples.Explicit);
        Assert.Equal([Tqdm, Python], packages.Conda.Select(package => package.Url));
        Assert.Equal(
            (Samples.Md5, null, null, Samples.Sha256),
            (packages.Conda[0].Md5, packages.Conda[0].Sha256, packages.Conda[1].Md5, packages.Conda[1].Sha256));
        Assert.Equal(Pytz, Assert.Single(packages.Pip).Url);
    }

    [Fact]
    public void Categories_are_added_to_main()
    {
        Assert.Contains(Resolve(Samples.CondaLock, new LockSelection(null, ["dev"])).Conda, package => package.Name == "pytest");
        Assert.Contains("main, dev", Refusal(Samples.CondaLock, new LockSelection(null, ["docs"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_environment_is_chosen_by_its_name()
    {
        var refusal = Refusal(Samples.Pixi, new LockSelection("gpu", []));
        Assert.Equal(EnvironmentFileFault.NotForThisMachine, refusal.Fault);
        Assert.Contains("torch 2.0 needs __cuda >=11.8", refusal.Message, StringComparison.Ordinal);
        var cuda = Samples.Machine with { VirtualPackages = new Dictionary<string,
            string>(Samples.Machine.VirtualPackages, StringComparer.Ordinal) { ["__cuda"] = "12.2" } };
        Assert.Equal("torch", Assert.Single(EnvironmentFile.Parse("pixi.lock", Samples.Pixi).Resolve(cuda, new LockSelection("gpu", [])).Conda).Name);
        Assert.Contains("default, gpu, linked", Refusal(Samples.Pixi, new LockSelection("cpu", [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_and_sources_are_refused_by_name()
    {
        Assert.Contains("mine 0.1.0 (editable ./)", Refusal(Samples.Pixi, new LockSelection("linked", [])).Message, StringComparison.Ordinal);
        Assert.Contains("child[87dc0b8a] @ ./child", Refusal(Samples.PixiSeven).Message, StringComparison.Ordinal);
        Assert.Contains(
            "pytz 2023.3 (git+https://",
            Refusal(Samples.CondaLock.Replace(
            "https://files.example/pytz-2023.3-py2.py3-none-any.whl", "git+https://h/pytz", StringComparison.Ordinal)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_platform_may_have_another_name_in_version_7() =>
        Assert.Equal(
            [Python],
                Resolve(Samples.PixiSeven.Replace("        - conda_source: child[87dc0b8a] @ ./child\n", string.Empty, StringComparison.Ordinal))
                .Conda.Select(package => package.Url));

    [Theory]
    [InlineData("linux-aarch64", "has nothing for linux-aarch64, only for linux-64, osx-arm64")]
    public void Another_platform_is_refused_with_the_available_ones(string platform, string reason)
    {
        foreach (var text in new[] { Samples.CondaLock, Samples.Pixi })
        {
            var refusal = Assert.Throws<EnvironmentFileException>(
                () => EnvironmentFile.Parse("lock", text).Resolve(Samples.Machine with { Platform = platform }, LockSelection.Default));
            Assert.Equal(EnvironmentFileFault.NotForThisMachine, refusal.Fault);
            Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        }

        var list = Assert.Throws<EnvironmentFileException>(
            () => EnvironmentFile.Parse("list", Samples.Explicit).Resolve(Samples.Machine with { Platform = platform }, LockSelection.Default));
        Assert.Contains("python 3.11.2 (linux-64)", list.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_features_of_an_old_machine_are_named()
    {
        var old = Samples.Machine with { VirtualPackages = new Dictionary<string, string>(StringComparer.Ordinal) { ["__glibc"] = "2.12" } };
        var refusal = Assert.Throws<EnvironmentFileException>(
            () => EnvironmentFile.Parse("pixi.lock", Samples.Pixi).Resolve(old, LockSelection.Default));
        Assert.Contains("python 3.11.2 needs __glibc >=2.17,<3.0.a0; this machine has 2.12", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://files.example/pytz-2023.3-py2.py3-none-any.whl", "\"https://files.example/x --index-url http://evil\"")]
    [InlineData("https://files.example/pytz-2023.3-py2.py3-none-any.whl", "\"https://files.example/x\\nother\"")]
    [InlineData("name: pytz", "name: \"pytz\\n--index-url http://evil\"")]
    [InlineData("sha256: " + Samples.Sha256 + "\n  category", "sha256: abc\n  category")]
    public void Line_breaks_in_a_list_are_refused(string good, string bad) =>
        Assert.Equal(EnvironmentFileFault.Malformed, Refusal(Samples.CondaLock.Replace(good, bad, StringComparison.Ordinal)).Fault);

    [Fact]
    public void A_package_of_pip_without_checksum_is_refused() =>
        Assert.Contains(
            "pytz", Refusal(Samples.Explicit.Replace($"#sha256={Samples.Sha256}", string.Empty, StringComparison.Ordinal)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Lists_for_conda_and_pip_name_files_and_checksums()
    {
        var packages = Resolve(Samples.Pixi);
        Assert.Equal(
            $"# platform: linux-64\n@EXPLICIT\n{Python}#{Samples.Md5}\n{Tqdm}#{Samples.Md5}\n# pip pytz @ {Pytz}#sha256={Samples.Sha256}\n",
            ExplicitList.Write(packages, "linux-64", prefersSha256: false));
        Assert.Contains(
            $"{Python}#sha256:{Samples.Sha256}\n", ExplicitList.Write(packages, "linux-64", prefersSha256: true), StringComparison.Ordinal);
        Assert.Equal($"pytz @ {Pytz}#sha256={Samples.Sha256}\n", PipList.Write(packages.Pip));
    }

    [Fact]
    public void Circular_dependencies_end()
    {
        LockedPackage[] packages = [Package("a", "b"), Package("b", "c"), Package("c", "a", "python >=3"), Package("python", "a")];
        Assert.Equal(["python", "c", "b", "a"], PackageOrder.Sort(packages).Select(package => package.Name));

        static LockedPackage Package(string name, params string[] depends) =>
            new(PackageManager.Conda, name, "1", $"https://h/c/noarch/{name}-1-0.conda") { Depends = depends };
    }

    private static LockedPackages Resolve(string text, LockSelection? selection = null) =>
        EnvironmentFile.Parse("lock", text).Resolve(Samples.Machine, selection ?? LockSelection.Default);

    private static EnvironmentFileException Refusal(string text, LockSelection? selection = null) =>
        Assert.Throws<EnvironmentFileException>(() => Resolve(text, selection));
}
