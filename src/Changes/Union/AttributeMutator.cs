using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Changes plain and extended attributes.</summary>
internal sealed class AttributeMutator(ChangeWriter writer, TreeReader reader)
{
    /// <summary>
    /// Maximum total size in bytes of changed extended attributes, which are kept in memory until a commit writes them into the image.
    /// </summary>
    internal const long MaxXattrBytes = 32 << 20;

    public Attributes SetAttributes(NodeId node, in AttributeChanges changes)
    {
        lock (writer.Gate)
        {
            var number = writer.State.NumberOf(node);
            var fields = FieldsOf(changes);
            if (fields != ChangedFields.None || changes.ClearSetId || changes.Changed is not null)
            {
                writer.Perform(new Change
                {
                    Kind = ChangeKind.SetAttributes,
                    Time = changes.Changed ?? writer.Now(),
                    Node = number,
                    Fields = fields,
                    ClearSetId = changes.ClearSetId,
                    Permissions = changes.Permissions ?? 0,
                    UserId = changes.UserId ?? 0,
                    GroupId = changes.GroupId ?? 0,
                    Size = changes.Size ?? 0,
                    Accessed = changes.Accessed ?? default,
                    Modified = changes.Modified ?? default,
                });
            }

            return writer.State.Describe(number);
        }
    }

    public void SetXattr(NodeId node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrMode mode)
    {
        lock (writer.Gate)
        {
            if (mode != XattrMode.Any)
            {
                var exists = reader.TryGetXattr(node, name, [], out _);
                if (exists != (mode == XattrMode.Replace))
                {
                    throw new TreeException(
                        exists ? TreeFailure.Exists : TreeFailure.NoXattr, "The extended attribute exists already, or does not exist.");
                }
            }

            if (writer.State.XattrBytes + name.Length + value.Length > MaxXattrBytes)
            {
                throw new TreeException(
                    TreeFailure.NoSpace,
                    $"Uncommitted extended attributes come to {writer.State.XattrBytes} bytes; at most {MaxXattrBytes} are kept in memory.");
            }

            writer.Perform(
                new Change { Kind = ChangeKind.SetXattr, Time = writer.Now(), Node = writer.State.NumberOf(node), Name = name, Value = value });
        }
    }

    public void RemoveXattr(NodeId node, ReadOnlySpan<byte> name)
    {
        lock (writer.Gate)
        {
            writer.Perform(new Change { Kind = ChangeKind.RemoveXattr, Time = writer.Now(), Node = writer.State.NumberOf(node), Name = name });
        }
    }

    private static ChangedFields FieldsOf(in AttributeChanges changes) =>
        (changes.Permissions is null ? ChangedFields.None : ChangedFields.Permissions)
        | (changes.UserId is null ? ChangedFields.None : ChangedFields.UserId)
        | (changes.GroupId is null ? ChangedFields.None : ChangedFields.GroupId)
        | (changes.Size is null ? ChangedFields.None : ChangedFields.Size)
        | (changes.Accessed is null ? ChangedFields.None : ChangedFields.Accessed)
        | (changes.Modified is null ? ChangedFields.None : ChangedFields.Modified);
}
