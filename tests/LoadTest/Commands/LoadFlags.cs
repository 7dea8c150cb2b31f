using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OrleansRelay.LoadTest.Payload;
using OrleansRelay.LoadTest.Running;
using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Commands;

/// <summary>The flags of a scenario; each has the scenario's own default.</summary>
internal sealed class LoadFlags
{
    private readonly LoadOptions _defaults;
    private readonly List<Option> _all = [];
    private readonly Option<string[]> _urls;
    private readonly Option<UrlTemplate> _publishUrl, _viewUrl;
    private readonly Option<UrlTemplate?> _liveUrl;
    private readonly Option<string?> _subprotocol, _name;
    private readonly Option<int> _viewers, _publishers, _channels, _size, _inFlight, _windows, _handshakes, _history;
    private readonly Option<double> _rate, _duration, _warmUp, _settle, _drain, _connectRate, _churnRate, _churnStay, _stalled;
    private readonly Option<double?> _deliveries;
    private readonly Option<int?> _serverPid;
    private readonly Option<bool> _isText, _isFlatOut, _allowsRemote, _isQuiet, _usesSelect;
    private readonly Option<FileInfo?> _json, _html;
    private readonly Option<string> _prefix, _protocol;

    public LoadFlags(LoadOptions defaults)
    {
        _defaults = defaults;
        _urls = Add(new Option<string[]>("--url") { Description = "A gateway; more than one are used in turn.", DefaultValueFactory = _ => [.. defaults.Gateways], AllowMultipleArgumentsPerToken = true });
        _publishUrl = Template("--publish-url", "Where publishers connect: {url}, {channel} and {n} (connection number) are filled in.", defaults.PublishUrl);
        _viewUrl = Template("--view-url", "Where viewers connect.", defaults.ViewUrl);
        _liveUrl = Add(new Option<UrlTemplate?>("--live-url") { Description = "Where churning viewers connect; else --view-url, or the relay's ?from=live.", CustomParser = ParseTemplate });
        _prefix = Add(new Option<string>("--channel-prefix") { Description = "How channels' names begin.", DefaultValueFactory = _ => defaults.ChannelPrefix });
        _subprotocol = Add(new Option<string?>("--subprotocol") { Description = "relay.v1, or another relay's.", DefaultValueFactory = _ => defaults.Subprotocol });
        _protocol = Add(new Option<string>("--protocol") { Description = "What is spoken within WebSocket messages.", DefaultValueFactory = _ => TargetProtocols.Plain });
        _protocol.AcceptOnlyFromAmong([.. TargetProtocols.Names]);
        _viewers = Number("--viewers", "How many viewers, over all channels.", defaults.Viewers, 0, 200_000);
        _publishers = Number("--publishers", "How many publishers a channel.", defaults.Publishers, 1, 1000);
        _channels = Number("--channels", "How many channels.", defaults.Channels, 1, 65_535);
        _size = Number("--size", "Bytes of a message.", defaults.MessageBytes, MessageStamp.Bytes, 64 << 20);
        _isText = Flag("--text", "Text messages (64 bytes at least) instead of binary ones.");
        _protocol.Validators.Add(protocol =>
        {
            if (TargetProtocols.Find(protocol.GetValueOrDefault<string>()) is { IsTextOnly: true } known && !protocol.GetValue(_isText))
            {
                protocol.AddError($"--protocol {known.Name} carries text only: say --text as well.");
            }
        });
        _rate = Number("--rate", "Messages a second of each publisher.", defaults.Rate, 0);
        _deliveries = Add(new Option<double?>("--deliveries") { Description = "Deliveries a second in all; sets the rate." });
        _isFlatOut = Flag("--flat-out", "As fast as it goes, with --in-flight messages of each publisher under way.");
        _inFlight = Number("--in-flight", "Flat out: messages of each publisher under way.", defaults.InFlight, 1, 65_535);
        _duration = Number("--duration", "Measured seconds.", defaults.Duration.TotalSeconds, 0.1);
        _warmUp = Number("--warm-up", "Seconds before that.", defaults.WarmUp.TotalSeconds, 0);
        _windows = Number("--windows", "Windows that the measured time is cut into; their median counts.", defaults.Windows, 1, 1000);
        _settle = Number("--settle", "Seconds between connecting and publishing.", defaults.Settle.TotalSeconds, 0);
        _drain = Number("--drain", "Seconds without a delivery after which what is missing is lost.", defaults.Drain.TotalSeconds, 0.1);
        _connectRate = Number("--connect-rate", "Connections a second; 0 as fast as they are answered.", defaults.ConnectRate, 0);
        _handshakes = Number("--handshakes", "Handshakes under way at once.", defaults.Handshakes, 1, 10_000);
        _churnRate = Number("--churn-rate", "churn: connections a second.", defaults.ChurnRate, 0.1);
        _churnStay = Number("--churn-stay", "churn: seconds that each stays.", defaults.ChurnStay.TotalSeconds, 0);
        _stalled = Number("--stalled", "slow-viewers: percent that stop reading.", defaults.StalledPercent, 0);
        _history = Number("--history", "late-joiners: messages that wait for them.", defaults.History, 1, 10_000_000);
        _serverPid = Add(new Option<int?>("--server-pid") { Description = "The server's process, to tell its CPU a delivery, and its memory a connection (of a server that was not loaded before)." });
        _allowsRemote = Flag("--allow-remote", "Load a relay that is not on this machine.");
        _usesSelect = Flag("--no-epoll", "Wait as on systems without epoll: slower.");
        _isQuiet = Flag("--quiet", "No line for each second.");
        _name = Add(new Option<string?>("--name") { Description = "The run's name in reports." });
        _json = Add(new Option<FileInfo?>("--json") { Description = "Write the result there." });
        _html = Add(new Option<FileInfo?>("--html") { Description = "Write the report there." });
    }

    /// <summary>All of them, for the command.</summary>
    public IEnumerable<Option> All => _all;

    /// <summary>Reads them.</summary>
    public LoadOptions Read(ParseResult arguments)
    {
        var viewUrl = arguments.GetValue(_viewUrl)!;
        var (viewers, channels, publishers) = (arguments.GetValue(_viewers), arguments.GetValue(_channels), arguments.GetValue(_publishers));
        var perMessage = Math.Max(1.0, (double)viewers / channels);
        var rate = arguments.GetValue(_deliveries) is { } deliveries ? deliveries / perMessage / channels / publishers : arguments.GetValue(_rate);
        return _defaults with
        {
            Name = arguments.GetValue(_name) ?? "",
            Gateways = arguments.GetValue(_urls)!,
            PublishUrl = arguments.GetValue(_publishUrl)!,
            ViewUrl = viewUrl,
            LiveUrl = arguments.GetValue(_liveUrl) ?? (viewUrl == _defaults.ViewUrl ? _defaults.LiveUrl : viewUrl),
            ChannelPrefix = arguments.GetValue(_prefix)!,
            Subprotocol = arguments.GetValue(_subprotocol),
            Protocol = TargetProtocols.Find(arguments.GetValue(_protocol)!),
            Viewers = viewers,
            Publishers = publishers,
            Channels = channels,
            IsText = arguments.GetValue(_isText),
            MessageBytes = Math.Max(arguments.GetValue(_size), MessageTemplate.SmallestBytes(arguments.GetValue(_isText))),
            Rate = arguments.GetValue(_isFlatOut) ? 0 : rate,
            InFlight = arguments.GetValue(_inFlight),
            Duration = TimeSpan.FromSeconds(arguments.GetValue(_duration)),
            WarmUp = TimeSpan.FromSeconds(arguments.GetValue(_warmUp)),
            Windows = arguments.GetValue(_windows),
            Settle = TimeSpan.FromSeconds(arguments.GetValue(_settle)),
            Drain = TimeSpan.FromSeconds(arguments.GetValue(_drain)),
            ConnectRate = arguments.GetValue(_connectRate),
            Handshakes = arguments.GetValue(_handshakes),
            ChurnRate = arguments.GetValue(_churnRate),
            ChurnStay = TimeSpan.FromSeconds(arguments.GetValue(_churnStay)),
            StalledPercent = arguments.GetValue(_stalled),
            History = arguments.GetValue(_history),
            ServerPid = arguments.GetValue(_serverPid),
            AllowsRemote = arguments.GetValue(_allowsRemote),
            UsesSelect = arguments.GetValue(_usesSelect),
            IsQuiet = arguments.GetValue(_isQuiet),
            JsonFile = arguments.GetValue(_json),
            HtmlFile = arguments.GetValue(_html),
        };
    }

    private T Add<T>(T option)
        where T : Option
    {
        _all.Add(option);
        return option;
    }

    private Option<bool> Flag(string name, string description) => Add(new Option<bool>(name) { Description = description });

    private Option<int> Number(string name, string description, int byDefault, int least, int most) => Add(new Option<int>(name)
    {
        Description = description,
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => int.TryParse(Value(result), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : Refuse<int>(result, string.Create(CultureInfo.InvariantCulture, $"{name} must be {least} to {most}.")),
    });

    private Option<double> Number(string name, string description, double byDefault, double least) => Add(new Option<double>(name)
    {
        Description = description,
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => double.TryParse(Value(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && double.IsFinite(number)
            ? number : Refuse<double>(result, string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {least} up.")),
    });

    private Option<UrlTemplate> Template(string name, string description, UrlTemplate byDefault) =>
        Add(new Option<UrlTemplate>(name) { Description = description, DefaultValueFactory = _ => byDefault, CustomParser = ParseTemplate! });

    private static UrlTemplate? ParseTemplate(ArgumentResult result) =>
        UrlTemplate.TryParse(Value(result), out var template, out var error) ? template : Refuse<UrlTemplate>(result, error!);

    private static string Value(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static T? Refuse<T>(ArgumentResult result, string error)
    {
        result.AddError(error);
        return default;
    }
}
