namespace CondaFuse.Changes;

/// <summary>Takes replayed changes one by one.</summary>
public interface IChangeSink
{
    /// <summary>Takes a change; its names and values are valid during the call only.</summary>
    void Apply(in Change change);
}
