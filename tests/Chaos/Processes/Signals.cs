using System.Runtime.InteropServices;

namespace OrleansRelay.Chaos.Processes;

/// <summary>The signals of Linux that the framework doesn't send.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends one. A process that has ended already is no error.</summary>
    public static void Send(int processId, int signal) => _ = SendNative(processId, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendNative(int processId, int signal);
}
