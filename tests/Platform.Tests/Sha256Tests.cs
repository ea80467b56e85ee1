using System.Security.Cryptography;

namespace CondaFuse.Platform.Tests;

public class Sha256Tests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(55)]
    [InlineData(56)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(119)]
    [InlineData(120)]
    [InlineData(65_536)]
    [InlineData(100_003)]
    public void Digests_are_those_of_the_runtime(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), Sha256.Of(data));
        Assert.True(Sha256.Matches(data, SHA256.HashData(data)));
        Assert.False(Sha256.Matches([.. data, 0], SHA256.HashData(data)));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), Sha256.Of(data.Length, Read, new byte[197]));

        int Read(long offset, Span<byte> destination)
        {
            var count = Math.Min(destination.Length, data.Length - (int)offset);
            data.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }
    }
}
