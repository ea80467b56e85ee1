namespace CondaFuse.Activation;

/// <summary>Tells what environments bring along for their activation.</summary>
public interface IPrefixSource
{
    /// <summary>Reads what a prefix brings along. A prefix that is gone or cannot be read brings nothing.</summary>
    PrefixContents Read(string prefix);
}
