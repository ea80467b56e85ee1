using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Requests;

/// <summary>Answers INIT: negotiates a version, capabilities and sizes.</summary>
/// <param name="wanted">The capabilities that the server wants, if the kernel offers them.</param>
/// <param name="sizes">The sizes of the session's messages.</param>
/// <param name="connection">Receives the negotiated values.</param>
public sealed class InitHandler(Capabilities wanted, MessageSizes sizes, Connection connection) : IRequestHandler
{
    private const uint Major = 7;
    private const uint NewestMinor = 40;

    // Many concurrent readers of cold files cause read-ahead, which counts as background; the kernel's default is 12.
    private const ushort MaxBackground = 64;
    private const ushort CongestionThreshold = 48;

    /// <inheritdoc/>
    public Answer Handle(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out InitRequest offer))
        {
            return Answer.Failure(Errno.EINVAL);
        }

        if (offer.Major != Major)
        {
            return Answer.Failure(Errno.EPROTO);
        }

        var agreed = wanted & Offered(offer, ref body);
        connection.Capabilities = agreed;
        return Answer.Value(payload, new InitReply
        {
            Major = Major,
            Minor = Math.Min(offer.Minor, NewestMinor),
            MaxReadahead = offer.MaxReadahead,
            Flags = (uint)agreed,
            Flags2 = (uint)((ulong)agreed >> 32),
            MaxBackground = MaxBackground,
            CongestionThreshold = CongestionThreshold,
            MaxWrite = (uint)sizes.Write,
            TimeGranularity = 1,
            MaxPages = (ushort)Math.Max(1, sizes.Payload / MemoryPages.Size),
        });
    }

    private static Capabilities Offered(InitRequest offer, ref BodyReader body)
    {
        var lower = (Capabilities)offer.Flags;
        return lower.HasFlag(Capabilities.Extended) && body.TryRead(out uint upper)
            ? lower | (Capabilities)((ulong)upper << 32)
            : lower & ~Capabilities.Extended;
    }
}

/// <summary>The values negotiated with the kernel. INIT sets them once, before any other request arrives.</summary>
public sealed class Connection
{
    private ulong _capabilities;

    /// <summary>The capabilities that both sides support and want.</summary>
    public Capabilities Capabilities
    {
        get => (Capabilities)Volatile.Read(ref _capabilities);
        internal set => Volatile.Write(ref _capabilities, (ulong)value);
    }
}
