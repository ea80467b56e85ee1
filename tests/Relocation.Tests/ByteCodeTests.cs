using System.Buffers.Binary;
using System.Text;
using CondaFuse.Images.Tests;

namespace CondaFuse.Relocation.Tests;

public sealed class ByteCodeTests : IDisposable
{
    private const string Old = "/old/env";

    private const string Source = """
        import sys
        A = "/old/env/lib"
        B = ("/old/env", "/old/env/bytes".encode(), "\xe9 /old/env", 1.5, 10 ** 30, 2j, None, ..., frozenset({"/old/env/x"}))
        def f(a, *, b="/old/env:/old/env", **c):
            def g():
                return a, "/old/env/" + "x" * 3
            return g() + (b, C.D)
        class C:
            "in /old/env"
            D = {"/old/env": ["/old/env" for _ in range(2)]}
        LONG = "/old/env " * 40
        print(repr((A, B, f(1), C.__doc__, C.D, LONG, f.__code__.co_filename)), file=sys.stderr)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("condafuse-byte-code").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/n")]
    [InlineData("/a/longer/environment")]
    [InlineData("/ünï/env")]
    [InlineData("/LONG")]
    public void Byte_code_is_that_of_the_source_at_the_new_prefix(string prefix)
    {
        prefix = prefix.Replace("LONG", new string('l', 300), StringComparison.Ordinal);
        var compiled = Compile(Source, Old);
        var moved = Source.Replace(Old, prefix, StringComparison.Ordinal);
        var spots = ByteCode.Find(compiled, PrefixText.Of(Old))!;
        var content = EditedContent.Of(spots, compiled.Length, PrefixText.Of(Old), PrefixText.Of(prefix), Encoding.UTF8.GetByteCount(moved))!;
        var served = content.Apply(compiled);
        Assert.Equal((uint)Encoding.UTF8.GetByteCount(moved), BinaryPrimitives.ReadUInt32LittleEndian(served.AsSpan(ByteCode.SourceSizeAt)));
        Assert.Equal(Said(Compile(moved, prefix)), Said(served));
    }

    [Fact]
    public void Every_module_of_the_standard_library_is_walked_to_its_end()
    {
        var count = 0;
        foreach (var file in Directory.EnumerateFiles("/usr/lib/python3.11", "*.pyc", SearchOption.AllDirectories).Take(300))
        {
            var content = File.ReadAllBytes(file);
            if (ByteCode.IsTimed(content))
            {
                Assert.True(ByteCode.Find(content, PrefixText.Of("/usr/lib")) is not null, file);
                count++;
            }
        }

        Assert.InRange(count, 50, int.MaxValue);
    }

    [Fact]
    public void Unknown_byte_code_never_matches_its_source()
    {
        byte[] unknown = [0xFF, 0xFF, .. "\r\n"u8, 0, 0, 0, 0, 1, 2, 3, 4, 9, 0, 0, 0, (byte)'N'];
        Assert.Null(ByteCode.Find(unknown, PrefixText.Of(Old)));
        var content = EditedContent.Of(new PrefixSpots { Spots = [] }, unknown.Length, PrefixText.Of(Old), PrefixText.Of("/n"), sourceLength: 9)!;
        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(content.Apply(unknown).AsSpan(ByteCode.SourceSizeAt)));
    }

    [Fact]
    public void Damaged_byte_code_ends_the_walk()
    {
        var compiled = Compile(Source, Old);
        var random = new Random(1);
        for (var length = 0; length < compiled.Length; length += 7)
        {
            Assert.Null(ByteCode.Find(compiled.AsSpan(0, length), PrefixText.Of(Old)));
        }

        for (var round = 0; round < 3000; round++)
        {
            var damaged = compiled.ToArray();
            damaged[random.Next(16, damaged.Length)] = (byte)random.Next(256);
            if (ByteCode.Find(damaged, PrefixText.Of(Old)) is { } spots)
            {
                Assert.NotNull(EditedContent.Of(spots, damaged.Length, PrefixText.Of(Old), PrefixText.Of("/n"), sourceLength: 1));
            }
        }
    }

    private byte[] Compile(string source, string prefix)
    {
        var path = Path.Combine(_folder, "module.py");
        File.WriteAllText(path, source);
        Tool.Run("/usr/bin/python3.11", "-c", "import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2], sys.argv[3], doraise=True)",
            path, $"{path}c", $"{prefix}/module.py");
        return File.ReadAllBytes($"{path}c");
    }

    private string Said(byte[] byteCode)
    {
        var path = Path.Combine(_folder, "run.pyc");
        File.WriteAllBytes(path, byteCode);
        return Tool.Run("/bin/sh", "-c", "exec /usr/bin/python3.11 \"$1\" 2>&1", "sh", path);
    }
}
