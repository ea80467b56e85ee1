using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Session;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.SlowStorage;

/// <summary>
/// Makes a file system behave like one on the network: requests that would cross the network take a round trip, opening a file always is one
/// (close-to-open consistency), and names that do not exist are asked for again each time.
/// </summary>
internal sealed class NetworkChannel : IFuseChannel
{
    private readonly IFuseChannel _device;
    private readonly RequestCounts _counts;
    private readonly NetworkLink _link;
    private readonly ConcurrentDictionary<ulong, Opcode> _underway = new(); // by the request's number

    internal NetworkChannel(IFuseChannel device, StorageProfile profile, RequestCounts counts)
    {
        _device = device;
        _counts = counts;
        _link = new NetworkLink(profile, reply => Deliver(reply));
    }

    public int Receive(Span<byte> buffer)
    {
        var length = _device.Receive(buffer);
        if (length > 0 && MemoryMarshal.TryRead(buffer[..length], out RequestHeader header))
        {
            if (CrossesTheNetwork(header.Opcode))
            {
                _underway[header.Unique] = header.Opcode;
            }
            else if (header.Opcode == Opcode.Init)
            {
                AskForOpens(buffer[Unsafe.SizeOf<RequestHeader>()..length]);
            }
        }

        return length;
    }

    public bool Send(ReadOnlySpan<byte> reply)
    {
        if (!_underway.TryRemove(MemoryMarshal.Read<ReplyHeader>(reply).Unique, out var opcode))
        {
            return _device.Send(reply);
        }

        var sent = opcode == Opcode.Lookup && NamesNoNode(reply) ? NotFound(reply) : reply.ToArray();
        _counts.Add(opcode, opcode == Opcode.Read ? sent.Length - Unsafe.SizeOf<ReplyHeader>() : 0);
        _link.Send(sent);
        return true;
    }

    public void LookAfterWorkers(Action startAnother) => _device.LookAfterWorkers(startAnother);

    public void Stop() => _device.Stop();

    private static bool CrossesTheNetwork(Opcode opcode) => opcode is Opcode.Lookup or Opcode.GetAttributes or Opcode.ReadLink or Opcode.Open
        or Opcode.Read or Opcode.OpenDirectory or Opcode.ReadDirectory or Opcode.ReadDirectoryPlus or Opcode.StatFs;

    /// <summary>Hides from the server that the kernel could open files without asking.</summary>
    private static void AskForOpens(Span<byte> body)
    {
        if (MemoryMarshal.TryRead(body, out InitRequest offer))
        {
            var opens = (uint)(Capabilities.NoOpen | Capabilities.NoOpenDirectory);
            MemoryMarshal.Write(body, offer with { Flags = offer.Flags & ~opens });
        }
    }

    private static bool NamesNoNode(ReadOnlySpan<byte> reply) =>
        reply.Length > Unsafe.SizeOf<ReplyHeader>() && MemoryMarshal.Read<ulong>(reply[Unsafe.SizeOf<ReplyHeader>()..]) == 0;

    /// <summary>An error, which the kernel does not remember as it does an entry without a node.</summary>
    private static byte[] NotFound(ReadOnlySpan<byte> reply)
    {
        var length = Unsafe.SizeOf<ReplyHeader>();
        var header = MemoryMarshal.Read<ReplyHeader>(reply) with { Length = (uint)length, Error = -(int)Errno.ENOENT };
        var message = new byte[length];
        MemoryMarshal.Write(message, in header);
        return message;
    }

    private void Deliver(byte[] reply)
    {
        try
        {
            _device.Send(reply);
        }
        catch (PlatformException exception)
        {
            Console.Error.WriteLine(exception.Message);
        }
    }
}
