using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>A tree with every kind of entry.</summary>
internal static class SampleTree
{
    public static MemoryTree Create()
    {
        var tree = new MemoryTree();
        tree.AddDirectory("bin");
        var tool = tree.AddFile("bin/tool", "#!/bin/sh\nexit 7\n");
        tree.Change(tool, attributes => attributes with { Permissions = 0x1ED, Modified = new(1_700_000_000), Changed = new(1_700_000_000) });
        tree.AddSymlink("bin/alias", "tool");
        tree.AddLink("bin/second", tool);
        tree.AddDirectory("lib");
        tree.AddDirectory("lib/empty");
        tree.AddDirectory("lib/many");
        for (var number = 0; number < 1500; number++)
        {
            tree.AddFile($"lib/many/module_{number:0000}.py", $"number = {number}\n");
        }

        tree.AddFile("lib/empty.bin", []);
        tree.AddFile("lib/block", Noise(131_072));
        tree.AddFile("lib/large", [.. Noise(3_000_000), .. new byte[1_000_000], .. Noise(12_345)]);
        tree.AddFile("lib/" + new string('n', 255), "long name");
        tree.AddFile("lib/žluťoučký kůň", "unicode");
        tree.AddSpecial("pipe", EntryKind.Fifo);
        return tree;
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        var state = 12345u;
        for (var index = 0; index < length; index++)
        {
            state = (state * 1664525) + 1013904223;
            bytes[index] = (byte)((state >> 24) & 0x3F);
        }

        return bytes;
    }
}
