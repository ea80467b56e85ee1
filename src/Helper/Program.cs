using System.CommandLine;

namespace CondaFuse.Helper;

internal static class Program
{
    private static int Main(string[] args) => new RootCommand("Conda environments as one compressed, mounted file.").Parse(args).Invoke();
}
