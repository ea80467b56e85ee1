using Scriban;
using Scriban.Syntax;

namespace CondaFuse.ShellTemplates;

/// <summary>
/// Parses a template and accepts only constructs that cannot insert an unquoted value: text, comments, <c>for</c>, <c>if</c>, <c>include 'PART'</c>
/// and <c>VALUE | quote</c>. Everything else, such as <c>{{ value }}</c>, fails the build.
/// </summary>
internal static class CheckedTemplate
{
    /// <summary>The function that every inserted value passes through.</summary>
    public const string Quote = "quote";

    private const string Include = "include";

    /// <summary>Parses and checks a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="file">Its file, for errors.</param>
    /// <exception cref="FormatException">With the file, the line and the problem.</exception>
    public static Template Parse(string text, string file)
    {
        var template = Template.Parse(text, file);
        if (template.HasErrors)
        {
            throw new FormatException(string.Join('\n', template.Messages));
        }

        Check(template.Page?.Body);
        return template;
    }

    private static void Check(ScriptStatement? statement)
    {
        switch (statement)
        {
            case null or ScriptRawStatement or ScriptEscapeStatement or ScriptNopStatement or ScriptEndStatement:
                break;
            case ScriptBlockStatement block:
                foreach (var inner in block.Statements)
                {
                    Check(inner);
                }

                break;
            case ScriptForStatement { Iterator: ScriptMemberExpression or ScriptVariable } loop:
                Check(loop.Body);
                Check(loop.Else);
                break;
            case ScriptIfStatement choice:
                Check(choice.Then);
                Check(choice.Else);
                break;
            case ScriptElseStatement otherwise:
                Check(otherwise.Body);
                break;
            case ScriptExpressionStatement { Expression: { } expression } when IsQuoted(expression) || IsInclude(expression):
                break;
            default:
                throw new FormatException(
                    $"{statement.Span.ToStringSimple()}: '{statement}' is neither '{Include} PART' nor 'VALUE | {Quote}': values are inserted "
                    + "quoted only.");
        }
    }

    private static bool IsQuoted(ScriptExpression expression) => expression is ScriptPipeCall
    {
        From: ScriptMemberExpression or ScriptIndexerExpression or ScriptVariableGlobal,
        To: ScriptFunctionCall { Target: ScriptVariableGlobal { Name: Quote }, Arguments.Count: 0 },
    };

    private static bool IsInclude(ScriptExpression expression) =>
        expression is ScriptFunctionCall { Target: ScriptVariableGlobal { Name: Include }, Arguments: [ScriptLiteral { Value: string }] };
}

/// <summary>A text to embed, with the name that the helper uses for it.</summary>
internal sealed record RenderedFile(string Name, string Text);
