using CondaFuse.Packing.FirstUse;

namespace CondaFuse.Packing.Tests.FirstUse;

public class ImportScanTests
{
    [Theory]
    [InlineData("import os", "os")]
    [InlineData("import os.path as path, sys  # import re", "os os.path sys")]
    [InlineData("import a; import b", "a")] // nobody writes it: the rest is ignored
    [InlineData("from a.b import c as d, e", "a a.b a.b.c a.b.e")]
    [InlineData("from a import (  # one\n    b,  # two\n    c as d,\n)\nimport e", "a a.b a.c e")]
    [InlineData("from a import b, \\\n    c\nimport d", "a a.b a.c d")]
    [InlineData("from a import *", "a a.*")]
    [InlineData("from . import a", "top top.package top.package.a")]
    [InlineData("from .a.b import c", "top top.package top.package.a top.package.a.b top.package.a.b.c")]
    [InlineData("from .. import a", "top top.a")]
    [InlineData("from ..a import b", "top top.a top.a.b")]
    [InlineData("from ... import a", "")]
    [InlineData("from", "")]
    [InlineData("from a", "")]
    [InlineData("from the start, we import things", "")]
    [InlineData("imports = 1\nfrom_a = 2", "")]
    [InlineData("try:\n    import a\nexcept ImportError:\n    import b\nclass C:\n    import c", "a b c")]
    [InlineData("def f(\n    x,\n):\n    import a\n\n    # end\n    import b\nimport c", "c")]
    [InlineData("class C:\n    async def f(self):\n        import a\n    import b", "b")]
    [InlineData("if TYPE_CHECKING:\n    import a\nelse:\n    import b", "b")]
    [InlineData("if __name__ == '__main__':\n    import a", "")]
    [InlineData("import a\r\nfrom b import (c,\r\n    d)\r\n", "a b b.c b.d")]
    [InlineData("from a import (b", "a a.b")]
    public void What_runs_at_an_import_counts(string source, string expected) =>
        Assert.Equal(expected, string.Join(' ', ImportScan.Of(source, "top.package")));

    [Fact]
    public void A_top_level_module_has_no_relative_imports() => Assert.Empty(ImportScan.Of("from . import a\nfrom .b import c", ""));
}
