using System.Text;
using CondaFuse.Packing.FirstUse;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Packing.Tests.FirstUse;

public class FirstUseRuleTests
{
    private const string Library = "lib/python3.12";
    private const string SitePackages = SampleEnvironment.SitePackages;

    [Fact]
    public void The_interpreter_comes_first_then_its_library_then_byte_code_in_the_order_of_use_without_sources()
    {
        using var tree = new SampleEnvironment()
            .Own("bin/python3.12", "\u007fELF").Link("bin/python3", "python3.12").Link("bin/python", "python3")
            .Own("lib/libpython3.12.so.1.0", "\u007fELF").Link("lib/libpython3.12.so", "libpython3.12.so.1.0").Own("lib/libother.so", "\u007fELF")
            .Own($"{Library}/site.py", "source").Own($"{Library}/encodings/__init__.py", "source")
            .Own($"{Library}/__pycache__/site.cpython-312.pyc", "code").Own($"{Library}/__pycache__/turtle.cpython-312.pyc", "code")
            .Own($"{Library}/encodings/__pycache__/utf_8.cpython-312.pyc", "code")
            .Own($"{Library}/encodings/__pycache__/__init__.cpython-312.pyc", "code!")
            .Own($"{Library}/encodings/__pycache__/big5.cpython-312.pyc", "code")
            .Own($"{Library}/lib-dynload/math.cpython-312-x86_64-linux-gnu.so", "\u007fELF")
            .Own($"{Library}/lib-dynload/_curses.cpython-312-x86_64-linux-gnu.so", "\u007fELF")
            .Own($"{Library}/site-packages/a.pth", "import a\n").Own($"{Library}/site-packages/empty.pth", "")
            .Build();
        var used = FirstUseRule.Of(tree, "");
        Assert.Equal(
            [
                "bin/python3.12", "lib/libpython3.12.so.1.0", $"{Library}/site-packages/a.pth",
                $"{Library}/encodings/__pycache__/__init__.cpython-312.pyc", $"{Library}/encodings/__pycache__/utf_8.cpython-312.pyc",
                $"{Library}/__pycache__/site.cpython-312.pyc", $"{Library}/lib-dynload/math.cpython-312-x86_64-linux-gnu.so",
            ],
            used.Select(range => Encoding.UTF8.GetString(range.Path.Span)));
        Assert.Equal((0L, 5L), (used[3].Offset, used[3].Length));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("../elsewhere/python")]
    [InlineData("missing")]
    public void Without_an_interpreter_in_the_environment_there_is_no_list(string target)
    {
        using var tree = new SampleEnvironment().Link("bin/python", target).Link("bin/loop", "python")
            .Own($"{Library}/__pycache__/site.cpython-312.pyc", "code").Build();
        Assert.Empty(FirstUseRule.Of(tree, ""));
        Assert.Empty(FirstUseRule.Of(tree, "none"));
    }

    [Fact]
    public void Requested_packages_follow_with_all_that_their_import_reads_and_then_their_public_modules()
    {
        using var tree = new SampleEnvironment()
            .Own("bin/python", "\u007fELF").Own("lib/python3.11/csv.py", "import _decimal, io")
            .Own("lib/python3.11/lib-dynload/_decimal.cpython-311-x86_64-linux-gnu.so", "\u007fELF")
            .Managed("table", $"{SitePackages}/table/__init__.py", "from table._core import Table\nimport csv\n")
            .Managed("table", $"{SitePackages}/table/__pycache__/__init__.cpython-311.pyc", "code")
            .Managed("table", $"{SitePackages}/table/__pycache__/__init__.cpython-311.opt-1.pyc", "code")
            .Managed("table", $"{SitePackages}/table/_core.abi3.so", "\u007fELF")
            .Managed("table", $"{SitePackages}/table/_helper.abi3.so", "\u007fELF")
            .Managed("table", $"{SitePackages}/table/lazy.py", "import shared").Managed("table", $"{SitePackages}/table/_unused.py", "code")
            .Managed("table", $"{SitePackages}/table/tests/__init__.py", "code")
            .Managed("dependency", $"{SitePackages}/shared.py", "code").Managed("dependency", $"{SitePackages}/other.py", "code")
            .Build(requested: "# update specs: ['python=3.11', \"Table[version='>=2']\"]\n");
        Assert.Equal(
            [
                "bin/python", $"{SitePackages}/table/__pycache__/__init__.cpython-311.pyc", $"{SitePackages}/table/_core.abi3.so",
                $"{SitePackages}/table/_helper.abi3.so", "lib/python3.11/csv.py",
                "lib/python3.11/lib-dynload/_decimal.cpython-311-x86_64-linux-gnu.so",
                $"{SitePackages}/table/lazy.py", $"{SitePackages}/shared.py",
            ],
            PathsOf(tree));
    }

    [Theory]
    [InlineData("pip", true)]
    [InlineData("conda", false)] // pip built the package: conda's history says whether the user requested it
    public void A_package_that_the_user_had_pip_install_is_requested(string installer, bool isRequested)
    {
        using var tree = new SampleEnvironment().Own("bin/python", "\u007fELF")
            .Own($"{SitePackages}/shown/__init__.py", "code").Own($"{SitePackages}/dependency.py", "code")
            .Own($"{SitePackages}/shown-1.dist-info/REQUESTED", "").Own($"{SitePackages}/shown-1.dist-info/INSTALLER", $"{installer}\n")
            .Own($"{SitePackages}/shown-1.dist-info/RECORD", "../../../bin/shown,,\nshown-1.dist-info/RECORD,,\nshown/__init__.py,sha256=x,4\n")
            .Own($"{SitePackages}/dependency-1.dist-info/INSTALLER", "pip\n")
            .Own($"{SitePackages}/dependency-1.dist-info/RECORD", "dependency.py,,\n")
            .Build();
        Assert.Equal(isRequested ? ["bin/python", $"{SitePackages}/shown/__init__.py"] : ["bin/python"], PathsOf(tree));
    }

    [Fact]
    public void Modules_that_import_each_other_are_listed_once()
    {
        using var tree = new SampleEnvironment().Own("bin/python", "\u007fELF")
            .Managed("loop", $"{SitePackages}/one.py", "import two")
            .Managed("loop", $"{SitePackages}/two.py", "from one import *\nimport missing")
            .Build(requested: "# update specs: ['conda-forge::loop']\n");
        Assert.Equal(["bin/python", $"{SitePackages}/one.py", $"{SitePackages}/two.py"], PathsOf(tree));
    }

    [Fact]
    public void Libraries_of_the_environment_follow_what_is_linked_with_them()
    {
        using var tree = new SampleEnvironment().Own("bin/python", SampleElf.LinkedWith("libc.so.6", "libz.so.1"))
            .Link("lib/libz.so.1", "libz.so.1.3").Own("lib/libz.so.1.3", "\u007fELF").Own("lib/libunused.so", "\u007fELF")
            .Managed("table", $"{SitePackages}/table.abi3.so", "replaced below", installed: false)
            .Own($"{SitePackages}/table.abi3.so", SampleElf.LinkedWith("libblas.so.3", "libz.so.1", "libwheel-1.so"))
            .Own("lib/libblas.so.3", SampleElf.LinkedWith("libfortran.so.5")).Own("lib/libfortran.so.5", SampleElf.LinkedWith("libblas.so.3"))
            .Own($"{SitePackages}/table.libs/libwheel-1.so", "\u007fELF")
            .Build(requested: "# update specs: ['table']\n");
        Assert.Equal(
            [
                "bin/python", "lib/libz.so.1.3", $"{SitePackages}/table.abi3.so", "lib/libblas.so.3", "lib/libfortran.so.5",
                $"{SitePackages}/table.libs/libwheel-1.so",
            ],
            PathsOf(tree));
    }

    private static IEnumerable<string> PathsOf(MemoryTree tree) =>
        FirstUseRule.Of(tree, "").Select(range => Encoding.UTF8.GetString(range.Path.Span));
}
