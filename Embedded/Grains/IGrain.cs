namespace Orleans;

/// <summary>Base of every grain interface.</summary>
public interface IGrain : IAddressable;

/// <summary>Base of the interfaces of grains that are named by a string, the one kind of key this engine has.</summary>
public interface IGrainWithStringKey : IGrain;
