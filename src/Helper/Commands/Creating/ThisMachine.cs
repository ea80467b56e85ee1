using System.Runtime.InteropServices;
using CondaFuse.EnvironmentFiles;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Commands.Creating;

/// <summary>This machine as conda sees it, including conda's <c>CONDA_OVERRIDE_*</c> and <c>CONDA_SUBDIR</c>.</summary>
internal static class ThisMachine
{
    private const string OverridePrefix = "CONDA_OVERRIDE_";

    public static MachineFacts Describe(Session session)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal) { ["__unix"] = "0" };
        Add("glibc", () => MachineVersions.Glibc);
        Add("linux", () => MachineVersions.Kernel);
        Add("cuda", () => MachineVersions.Cuda);
        Add("archspec", () => "1");

        // Every conda that checks its own version is new enough for the packages that it installs.
        found["__conda"] = "9999";
        return new MachineFacts(session.Variable("CONDA_SUBDIR") ?? Platform, found);

        void Add(string name, Func<string?> find)
        {
            var given = session.AllVariables.GetValueOrDefault(OverridePrefix + name.ToUpperInvariant());
            if ((given ?? find()) is { Length: > 0 } version)
            {
                found[$"__{name}"] = version;
            }
        }
    }

    private static string Platform => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "linux-64",
        Architecture.Arm64 => "linux-aarch64",
        Architecture.Ppc64le => "linux-ppc64le",
        Architecture.S390x => "linux-s390x",
        var other => $"linux-{other.ToString().ToLowerInvariant()}",
    };
}
