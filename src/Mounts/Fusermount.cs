using System.Text;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Mounts;

/// <summary>The set-uid program through which an ordinary user mounts (fusermount3(1)).</summary>
/// <param name="path">Its absolute path.</param>
/// <param name="environment">The environment to run it in, <c>NAME=value</c> each.</param>
internal sealed class Fusermount(string path, IReadOnlyCollection<string> environment)
{
    private const int SocketNumber = 3;
    private const string SocketVariable = "_FUSE_COMMFD";

    /// <summary>Mounts, and receives the descriptor of the FUSE device that fusermount opened.</summary>
    /// <exception cref="MountException">With fusermount's message.</exception>
    internal SafeFileHandle Mount(FuseMountRequest request)
    {
        var options = string.Join(
            ',', "default_permissions", "nosuid", "nodev", request.ReadOnly ? "ro" : "rw",
            $"subtype={FuseMountRequest.Subtype}", $"fsname={Escape(request.Source)}")
            + (request.AllowOther ? $",{MountEntry.AllowOther}" : string.Empty);
        var (mine, theirs) = Pipes.CreateSockets();
        SafeFileHandle? device = null;
        using (mine)
        {
            var (code, said) = Run(["-o", options, "--", request.MountPoint], theirs, () => device = Pipes.ReceiveDescriptor(mine));
            if (device is not null && code == 0)
            {
                return device;
            }

            device?.Dispose();
            throw new MountException(MountFault.Refused, $"cannot mount at {request.MountPoint}: {Explain(code, said)}");
        }
    }

    /// <summary>Unmounts. Returns null on success, otherwise fusermount's message.</summary>
    internal string? Unmount(string mountPoint, bool lazy)
    {
        IReadOnlyList<string> arguments = lazy ? ["-u", "-z", "--", mountPoint] : ["-u", "--", mountPoint];
        var (code, said) = Run(arguments, socket: null, () => { });
        return code == 0 ? null : Explain(code, said);
    }

    /// <summary>Commas separate options; a backslash escapes them.</summary>
    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);

    private string Explain(int code, string said) => said.Length > 0 ? said : $"{path} failed with exit code {code}";

    private (int Code, string Said) Run(IReadOnlyList<string> arguments, SafeFileHandle? socket, Action meanwhile)
    {
        var (output, input) = Pipes.Create();
        ChildProcess process;
        using (input)
        using (socket)
        {
            var descriptors = new Dictionary<int, SafeFileHandle> { [1] = input, [2] = input };
            if (socket is not null)
            {
                descriptors[SocketNumber] = socket;
            }

            process = ChildProcess.Start(new SpawnRequest
            {
                Program = path,
                Arguments = [path, .. arguments],
                Environment = [
                    .. environment.Where(pair => !pair.StartsWith($"{SocketVariable}=", StringComparison.Ordinal)),
                    $"{SocketVariable}={SocketNumber}",
                    "LC_ALL=C",
                ],
                Descriptors = descriptors,
            });
        }

        meanwhile();
        using (output)
        {
            var said = Encoding.UTF8.GetString(Pipes.ReadToEnd(output)).Trim();
            return (process.Wait(), said);
        }
    }
}
