namespace DistributedTrainer.Actors;

/// <summary>Threads of the data plane: few, mostly asleep, and ahead of compute where the system permits it.</summary>
internal static class DataPlaneThread
{
    public static void Start(string name, Action run) => new Thread(() => run())
    {
        Name = name,
        IsBackground = true,
        Priority = ThreadPriority.AboveNormal,
    }.Start();
}
