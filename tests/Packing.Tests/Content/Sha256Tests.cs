using System.Security.Cryptography;
using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Tests.Content;

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
    [InlineData(100_003)]
    public void Digests_are_those_of_the_runtime(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), Sha256.Of(data));
    }
}
