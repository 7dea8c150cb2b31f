using System.Globalization;
using OrleansRelay.LoadTest.Checking;
using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Sockets;
using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Running;

/// <summary>One run: its connections, publishers, checks and meter. A scenario is a script over its verbs.</summary>
internal sealed partial class LoadRun : IDisposable
{
    private const int MaxProblems = 20;

    private readonly TargetAddresses _addresses;
    private readonly List<Publication> _publications = [];
    private readonly List<List<Publication>> _publicationsOf = [];
    private readonly List<string> _problems = [];
    private readonly Queue<Action> _toConnect = [];
    private readonly PriorityQueue<Publication, long> _due = new();
    private readonly TextWriter _output;
    private readonly CancellationToken _cancellationToken;
    private readonly int[] _countedViewers;
    private int _handshaking;
    private int _open;
    private double _nextConnectAt;
    private bool _isOver;

    public LoadRun(LoadOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        (Options, _output, _cancellationToken) = (options, output, cancellationToken);
        Loop = new EventLoop(options.UsesSelect ? new SelectReadiness() : null);
        _addresses = new TargetAddresses(options.Gateways, options.AllowsRemote);
        Loop.Work = Work;
        Meter = new Meter(Loop, options.ServerPid, () => _open, Show);
        _countedViewers = new int[options.Channels];
    }

    public LoadOptions Options { get; }

    public EventLoop Loop { get; }

    public Meter Meter { get; }

    public CheckTotals Checks { get; } = new();

    public List<Viewer> Viewers { get; } = [];

    public IReadOnlyList<Publication> Publications => _publications;

    /// <summary>Names the run in its messages and channels.</summary>
    public uint Id { get; } = (uint)Random.Shared.Next();

    /// <summary>Set when a publisher that is flat out may send again.</summary>
    public bool IsRoomMade { get; set; }

    /// <summary>Time from connecting to the handshake's end.</summary>
    public LatencyHistogram Handshakes { get; } = new();

    /// <summary>What only this scenario measures.</summary>
    public Dictionary<string, double> Extras { get; } = [];

    public IReadOnlyList<string> Problems => _problems;

    public double? KilobytesPerConnection { get; private set; }

    /// <summary>Whether both sides speak the relay's subprotocol.</summary>
    public bool SpeaksV1 => Options.Subprotocol == Payload.RelayV1.Subprotocol;

    public string ChannelName(int channel) => string.Create(CultureInfo.InvariantCulture, $"{Options.ChannelPrefix}-{Id:x8}-{channel}");

    public int CountedViewers(int channel) => _countedViewers[channel];

    public Publication PublicationOf(int channel, int publisher) => _publicationsOf[channel][publisher];

    /// <summary>Whether a viewer's channel has that publisher.</summary>
    public bool Publishes(int viewersChannel, int channel, int publisher) => channel == viewersChannel && publisher < Options.Publishers;

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        Loop.Dispose();
    }
}
