using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Requests;

/// <summary>
/// Passes each request to its handler and writes the reply's header. An opcode without a handler gets ENOSYS, which for most opcodes stops the
/// kernel from sending it again. An exception that escapes a handler becomes EIO.
/// </summary>
public sealed class Dispatcher
{
    private readonly IRequestHandler?[] _handlers = new IRequestHandler?[(int)Opcode.Statx + 1];
    private readonly Action<Opcode, Exception> _onFault;

    /// <summary>Creates the dispatcher of one worker.</summary>
    /// <param name="handlers">The handler of each opcode.</param>
    /// <param name="onFault">Receives exceptions that escape a handler.</param>
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

    /// <summary>Notifies a request's handler that the kernel did not take its reply.</summary>
    /// <param name="message">The request as the kernel sent it.</param>
    /// <param name="reply">The whole reply that <see cref="Dispatch"/> made.</param>
    public void Revoke(ReadOnlySpan<byte> message, ReadOnlySpan<byte> reply)
    {
        if (MemoryMarshal.Read<ReplyHeader>(reply).Error != 0
            || !Request.TryParse(message, out var request)
            || _handlers[(int)request.Header.Opcode] is not IRevocableHandler handler)
        {
            return;
        }

        try
        {
            handler.Revoke(reply[MessageSizes.ReplyHeader..]);
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
#pragma warning disable CA1031 // whatever the exception, only this request fails
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _onFault(opcode, exception);
            return Answer.Failure(Errno.EIO);
        }
    }
}

/// <summary>Answers the requests of one opcode. Each instance belongs to one worker.</summary>
public interface IRequestHandler
{
    /// <summary>Answers a request.</summary>
    /// <param name="request">The request, valid only during the call.</param>
    /// <param name="payload">Native memory for the reply: as many bytes as the session's <see cref="MessageSizes.Payload"/>.</param>
    Answer Handle(in Request request, Span<byte> payload);
}

/// <summary>A handler whose replies the kernel counts: a reply that the kernel did not take must be revoked.</summary>
public interface IRevocableHandler : IRequestHandler
{
    /// <summary>Revokes a successful reply that the kernel did not receive.</summary>
    /// <param name="payload">The reply's payload.</param>
    void Revoke(ReadOnlySpan<byte> payload);
}
