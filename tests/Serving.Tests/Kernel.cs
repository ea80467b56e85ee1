using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Serving.Changing;
using CondaFuse.Serving.Handlers;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>Sends the kernel's requests to a served tree, in one thread.</summary>
internal sealed class Kernel
{
    private readonly Dispatcher _dispatcher;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(MessageSizes.Reading.Reply, pinned: true);

    public Kernel(IReadableTree tree, ServingOptions? options = null)
    {
        options = (options ?? new ServingOptions()) with { Log = Logged.Add, Clock = new StoppedClock() };
        var log = new FaultLog(options.Log);
        var handlers = tree is IWritableTree writable
            ? WritableHandlers.Create(new ServedWritableTree(writable, options, log), Connection, MessageSizes.Writing)
            : ReadOnlyHandlers.Create(new ServedTree(tree, options, log), Connection, MessageSizes.Reading);
        _dispatcher = new Dispatcher(handlers, (opcode, exception) => log.Write(exception.Message, opcode.ToString()));
    }

    /// <summary>The calling user.</summary>
    public Owner Caller { get; init; }

    /// <summary>Whether every reply is dropped. The test sees it nevertheless.</summary>
    public bool DropsReplies { get; set; }

    public Connection Connection { get; } = new();

    public List<string> Logged { get; } = [];

    /// <summary>The reply, in bytes, to a request in bytes.</summary>
    public byte[] Exchange(byte[] request)
    {
        var reply = _buffer[.._dispatcher.Dispatch(request, _buffer)];
        if (DropsReplies && reply.Length > 0)
        {
            _dispatcher.Revoke(request, reply);
        }

        return reply;
    }

    /// <summary>Sends a request and ignores the reply.</summary>
    public void Dispatch(byte[] request) => _dispatcher.Dispatch(request, _buffer);

    public Reply Ask(Opcode opcode, ulong node, params byte[] body)
    {
        var header = new RequestHeader
        {
            Length = (uint)(40 + body.Length),
            Opcode = opcode,
            Unique = 77,
            NodeId = node,
            UserId = Caller.UserId,
            GroupId = Caller.GroupId,
        };
        return new Reply(Exchange([.. MemoryMarshal.AsBytes(new ReadOnlySpan<RequestHeader>(in header)), .. body]));
    }

    public Reply Ask<T>(Opcode opcode, ulong node, T body, params byte[] rest)
        where T : unmanaged =>
        Ask(opcode, node, [.. MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in body)), .. rest]);

    public Reply Lookup(ulong directory, string name) => Ask(Opcode.Lookup, directory, Name(name));

    public Reply Read(ulong file, ulong offset, uint size) => Ask(Opcode.Read, file, new ReadRequest { Offset = offset, Size = size });

    /// <summary>Lists a directory as the kernel does, with requests of a given size, until one returns nothing.</summary>
    public IEnumerable<Listed> List(ulong directory, uint size, bool plus)
    {
        ulong cookie = 0;
        while (true)
        {
            var reply = Ask(plus ? Opcode.ReadDirectoryPlus : Opcode.ReadDirectory, directory, new ReadRequest { Offset = cookie, Size = size });
            Assert.Equal(Errno.None, reply.Error);
            Assert.True(reply.Payload.Length <= size);
            if (reply.Payload.Length == 0)
            {
                yield break;
            }

            foreach (var entry in Listed.Parse(reply.Payload, plus))
            {
                cookie = entry.Record.Cookie;
                yield return entry;
            }
        }
    }

    public static byte[] Name(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddTicks(1_234_567);
    }

    internal sealed record Reply(byte[] Bytes)
    {
        public Errno Error => (Errno)(-MemoryMarshal.Read<ReplyHeader>(Bytes).Error);

        public byte[] Payload => Bytes[Unsafe.SizeOf<ReplyHeader>()..];

        public T As<T>()
            where T : unmanaged
        {
            Assert.Equal(Errno.None, Error);
            Assert.Equal(Unsafe.SizeOf<T>(), Payload.Length);
            return MemoryMarshal.Read<T>(Payload);
        }
    }

    internal sealed record Listed(string Name, DirectoryRecord Record, EntryReply Entry)
    {
        public static IEnumerable<Listed> Parse(byte[] payload, bool plus)
        {
            var head = plus ? 128 : 0;
            for (var offset = 0; offset < payload.Length;)
            {
                var record = MemoryMarshal.Read<DirectoryRecord>(payload.AsSpan(offset + head));
                var entry = plus ? MemoryMarshal.Read<EntryReply>(payload.AsSpan(offset)) : default;
                yield return new(Encoding.UTF8.GetString(payload, offset + head + 24, (int)record.NameLength), record, entry);
                offset += DirectoryRecord.PaddedLength(head + 24, (int)record.NameLength);
            }
        }
    }
}
