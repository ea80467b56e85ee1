namespace CondaFuse.Activation.Condarc;

/// <summary>A setting's value as one source writes it.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsPlain">Whether it stands without quotes, so that it may mean a number, a truth value or nothing.</param>
/// <param name="IsFinal">Whether no later source can change it (<c>#!final</c>).</param>
internal sealed record CondarcValue(string Text, bool IsPlain, bool IsFinal);
