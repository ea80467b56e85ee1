using System.Text;

namespace CondaFuse.Compression.Tests;

/// <summary>Blocks to compress, the same in every run.</summary>
internal static class Samples
{
    public static byte[] Text(int length)
    {
        var random = new Random(42);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append("def f").Append(random.Next(100)).Append("(self):\n    return ").Append(random.Next()).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    public static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        return noise;
    }

    /// <summary>Machine code: the beginning of the largest library that runs this test.</summary>
    public static byte[] Code(int max)
    {
        var libraries = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.so").Select(path => new FileInfo(path));
        var code = File.ReadAllBytes(libraries.MaxBy(library => library.Length)!.FullName);
        return code[..Math.Min(code.Length, max)];
    }
}
