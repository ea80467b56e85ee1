namespace CondaFuse.Fuse.Wire;

/// <summary>The part of <c>fuse_init_in</c> that every kernel of protocol 7 sends.</summary>
/// <param name="Major">Protocol.</param>
/// <param name="Minor">Protocol.</param>
/// <param name="MaxReadahead">Most bytes that the kernel reads ahead.</param>
/// <param name="Flags">Lower word of the <see cref="Capabilities"/>.</param>
public readonly record struct InitRequest(uint Major, uint Minor, uint MaxReadahead, uint Flags);
