namespace CondaFuse.Fuse.Requests;

/// <summary>Answers every request in the same way.</summary>
/// <param name="answer">The answer.</param>
public sealed class FixedAnswer(Answer answer) : IRequestHandler
{
    /// <inheritdoc/>
    public Answer Handle(in Request request, Span<byte> payload) => answer;
}
