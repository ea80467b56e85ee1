namespace CondaFuse.Store.Packages;

/// <summary>A package that two states of an environment have in different versions, or one of them not at all.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Installer">Who put it there: <c>conda</c>, <c>pip</c>, or another as it calls itself.</param>
/// <param name="Before">Its version then; null if it was not there.</param>
/// <param name="After">Its version now; null if it is not there.</param>
public sealed record PackageChange(string Name, string Installer, string? Before, string? After);
