namespace CondaFuse.Fuse.Requests;

/// <summary>Answers the requests of one opcode. An instance is used by one worker only.</summary>
public interface IRequestHandler
{
    /// <summary>Answers a request.</summary>
    /// <param name="request">The request, valid during the call only.</param>
    /// <param name="payload">Native memory in which the reply is built; as many bytes as the session's <see cref="MessageSizes.Payload"/>.</param>
    Answer Handle(in Request request, Span<byte> payload);
}
