using System.Diagnostics;

namespace CondaFuse.Platform.Tests;

public sealed class EntryRemovalTests
{
    [Fact]
    public void A_tree_of_any_depth_is_removed()
    {
        var root = Directory.CreateTempSubdirectory("condafuse-removal-").FullName;
        using (var made = Process.Start("python3", ["-c", """
            import os, sys
            os.chdir(sys.argv[1])
            for level in range(3_000):
                if level % 500 == 70:
                    open("file", "w").close()
                    os.makedirs(".removed-0/below")
                    os.mkdir("beside")
                    os.symlink("..", "link")
                os.mkdir("d" * 100)
                os.chdir("d" * 100)
            """, root]))
        {
            made.WaitForExit();
            Assert.Equal(0, made.ExitCode);
        }

        using (var directory = EntryOpening.Directory(root))
        {
            EntryRemoval.Below(directory);
        }

        Assert.Empty(Directory.GetFileSystemEntries(root));
        Directory.Delete(root);
    }
}
