namespace CondaFuse.Changes.Union;

/// <summary>Fields in common groups.</summary>
internal static class ChangedFieldsSets
{
    public const ChangedFields Owner = ChangedFields.UserId | ChangedFields.GroupId;

    public const ChangedFields All = ChangedFields.Permissions | Owner | ChangedFields.Size | ChangedFields.Accessed | ChangedFields.Modified;
}
