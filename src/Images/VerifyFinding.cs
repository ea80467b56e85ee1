namespace CondaFuse.Images;

/// <summary>Something that is wrong with an image.</summary>
/// <param name="Fault">What.</param>
/// <param name="Path">The entry below the image's root; empty if it is no entry's.</param>
/// <param name="Message">Where, and what it says.</param>
public sealed record VerifyFinding(ImageFault Fault, string Path, string Message);
