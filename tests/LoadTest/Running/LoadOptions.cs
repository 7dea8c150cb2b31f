using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Running;

/// <summary>What a run does, checked: the command line's flags, or a test's.</summary>
internal sealed record LoadOptions
{
    public required string Scenario { get; init; }

    /// <summary>The run's name in reports; the scenario's when nothing else is said.</summary>
    public string Name { get; init; } = "";
    public required IReadOnlyList<string> Gateways { get; init; }
    public required UrlTemplate PublishUrl { get; init; }
    public required UrlTemplate ViewUrl { get; init; }

    /// <summary>Where a viewer that comes into a running channel connects, if elsewhere.</summary>
    public required UrlTemplate LiveUrl { get; init; }
    public string ChannelPrefix { get; init; } = "load";
    public string? Subprotocol { get; init; }

    /// <summary>What is spoken within WebSocket messages; null when each is a message of the channel.</summary>
    public ITargetProtocol? Protocol { get; init; }
    public int Viewers { get; init; } = 1000;
    public int Publishers { get; init; } = 1;
    public int Channels { get; init; } = 1;
    public int MessageBytes { get; init; } = 64;
    public bool IsText { get; init; }

    /// <summary>Messages a second of each publisher; 0 is flat out.</summary>
    public double Rate { get; init; } = 50;

    /// <summary>Flat out: messages of each publisher that may be under way.</summary>
    public int InFlight { get; init; } = 64;
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(9);
    public int Windows { get; init; } = 3;
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(300);
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections a second; 0 as fast as handshakes are answered.</summary>
    public double ConnectRate { get; init; }

    /// <summary>Handshakes under way at once.</summary>
    public int Handshakes { get; init; } = 64;

    /// <summary>Churn: connections a second, and how long each stays.</summary>
    public double ChurnRate { get; init; } = 200;
    public TimeSpan ChurnStay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Slow viewers: percent that stop reading.</summary>
    public double StalledPercent { get; init; } = 1;

    /// <summary>Late joiners: messages that wait for them.</summary>
    public int History { get; init; } = 1000;
    public int? ServerPid { get; init; }
    public bool AllowsRemote { get; init; }

    /// <summary>Wait as systems without epoll do.</summary>
    public bool UsesSelect { get; init; }
    public bool IsQuiet { get; init; }
    public FileInfo? JsonFile { get; init; }
    public FileInfo? HtmlFile { get; init; }

    /// <summary>Whether each publisher sends as soon as there is room.</summary>
    public bool IsFlatOut => Rate <= 0;
}
