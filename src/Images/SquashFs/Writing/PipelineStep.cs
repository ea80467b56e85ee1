namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>What a thread of the pipeline does next.</summary>
internal enum PipelineStep
{
    /// <summary>There is nothing left to do.</summary>
    End,

    /// <summary>Put compressed blocks into the image.</summary>
    Store,

    /// <summary>Give what was read its place.</summary>
    Order,

    /// <summary>Read a batch.</summary>
    Read,

    /// <summary>Compress a block.</summary>
    Compress,
}
