using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Requests;

/// <summary>
/// Brings each request to its handler and writes the reply's header. What nobody handles is ENOSYS, which for most opcodes
/// makes the kernel stop asking; what escapes a handler is EIO.
/// </summary>
public sealed class Dispatcher
{
    private readonly IRequestHandler?[] _handlers = new IRequestHandler?[(int)Opcode.Statx + 1];
    private readonly Action<Opcode, Exception> _onFault;

    /// <summary>Makes the dispatcher of one worker.</summary>
    /// <param name="handlers">Who answers what.</param>
    /// <param name="onFault">Told of exceptions that escaped a handler.</param>
    public Dispatcher(IEnumerable<(Opcode Opcode, IRequestHandler Handler)> handlers, Action<Opcode, Exception> onFault)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        _onFault = onFault;
        foreach (var (opcode, handler) in handlers)
        {
            _handlers[(int)opcode] = handler;
        }
    }

    /// <summary>Answers one request.</summary>
    /// <param name="message">The request as the kernel sent it.</param>
    /// <param name="reply">Takes the reply: its header, then room for the payload.</param>
    /// <returns>Length of the reply; 0 if there is none.</returns>
    public int Dispatch(ReadOnlySpan<byte> message, Span<byte> reply)
    {
        if (!Request.TryParse(message, out var request))
        {
            _onFault(default, new InvalidDataException($"a request of {message.Length} bytes whose header does not fit it"));
            return 0;
        }

        var answer = Handle(in request, reply[MessageSizes.ReplyHeader..]);
        if (answer.IsSilent)
        {
            return 0;
        }

        var length = MessageSizes.ReplyHeader + answer.Length;
        MemoryMarshal.Write(reply, new ReplyHeader((uint)length, -(int)answer.Error, request.Header.Unique));
        return length;
    }

    /// <summary>Tells a request's handler that its reply was not taken.</summary>
    /// <param name="message">The request as the kernel sent it.</param>
    /// <param name="reply">The whole reply that <see cref="Dispatch"/> made.</param>
    public void TakeBack(ReadOnlySpan<byte> message, ReadOnlySpan<byte> reply)
    {
        if (MemoryMarshal.Read<ReplyHeader>(reply).Error != 0
            || !Request.TryParse(message, out var request)
            || _handlers[(int)request.Header.Opcode] is not IRevocableHandler handler)
        {
            return;
        }

        try
        {
            handler.TakeBack(reply[MessageSizes.ReplyHeader..]);
        }
#pragma warning disable CA1031 // as in Handle
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _onFault(request.Header.Opcode, exception);
        }
    }

    private Answer Handle(in Request request, Span<byte> payload)
    {
        var opcode = request.Header.Opcode;
        var handler = (uint)opcode < (uint)_handlers.Length ? _handlers[(int)opcode] : null;
        if (handler is null)
        {
            return Answer.Failure(Errno.ENOSYS);
        }

        try
        {
            return handler.Handle(in request, payload);
        }
#pragma warning disable CA1031 // whatever it is: one request fails, the others are served
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _onFault(opcode, exception);
            return Answer.Failure(Errno.EIO);
        }
    }
}

/// <summary>Answers the requests of one opcode. An instance is used by one worker only.</summary>
public interface IRequestHandler
{
    /// <summary>Answers a request.</summary>
    /// <param name="request">The request, valid during the call only.</param>
    /// <param name="payload">Native memory in which the reply is built; as many bytes as the session's <see cref="MessageSizes.Payload"/>.</param>
    Answer Handle(in Request request, Span<byte> payload);
}

/// <summary>A handler whose replies the kernel counts: one that it did not take must be taken back.</summary>
public interface IRevocableHandler : IRequestHandler
{
    /// <summary>Takes back what a reply without error told, as nobody has received it.</summary>
    /// <param name="payload">The reply's payload.</param>
    void TakeBack(ReadOnlySpan<byte> payload);
}
