namespace CondaFuse.Activation;

/// <summary>The conda whose activation is done.</summary>
/// <param name="Root">Its base environment; null if unknown.</param>
/// <param name="Generation">Its version.</param>
/// <param name="Settings">Its settings.</param>
public sealed record InstalledConda(string? Root, CondaGeneration Generation, ActivationSettings Settings);
