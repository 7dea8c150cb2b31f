namespace OrleansRelay.Recordings.Game;

/// <summary>
/// Plays a game second by second and tells what a dashboard would send. Of the progress of research it tells every second of every technology;
/// <see cref="GameRecording"/> keeps as many of those as the game's message count asks for.
/// </summary>
internal sealed class GameSimulation
{
    private const int MapSize = 48;

    // The actions-a-minute counter needs its first minute; nothing is worth a heatmap before the scouts are out. Two players
    // send little more than 4 messages a second (10,776 in 2,684 s): these late starts leave room for what they do.
    private const int ApmFrom = 60;
    private const int HeatFrom = 300;

    private readonly RecordedGame _game;
    private readonly Dice _dice;
    private readonly int _seconds;
    private readonly double _eagerness;
    private readonly int _winningTeam;
    private readonly string _map;
    private readonly Contender[] _contenders;
    private readonly HeatGrid _heat = new(MapSize);
    private readonly List<Battle> _battles = [];
    private readonly Dictionary<int, Contender> _resigns = [];

    public GameSimulation(RecordedGame game, int seed)
    {
        _game = game;
        _dice = new(((ulong)game.Id << 32) ^ (uint)seed);
        _seconds = (int)game.Length.TotalSeconds;
        _eagerness = game.PlayerCount > 2 ? 3 : 0.6;
        _winningTeam = _dice.Between(1, 2);
        _map = Casting.Map(_dice);
        _contenders = [.. Casting.Players(_dice, game.PlayerCount).Select((card, i) =>
            new Contender(card, Casting.Home(i, game.PlayerCount, MapSize, _dice), _dice.Between(0.85, 1.15), _dice))];

        // The last of the losing team resigns 5 s before the end, the others spread over the last third.
        var losers = _dice.Shuffle(_contenders.Where(contender => contender.Card.Team != _winningTeam));
        for (var i = 0; i < losers.Length; i++)
        {
            _resigns[_seconds - 5 - (int)(_seconds * 0.3 * i / losers.Length)] = losers[i];
        }
    }

    /// <summary>All messages in the order of their time.</summary>
    public IEnumerable<GameMessage> Play()
    {
        foreach (var message in Beginning())
        {
            yield return message;
        }

        for (var second = 1; second <= _seconds; second++)
        {
            Advance(second);
            var at = second * 1000L;
            yield return new TimeMessage(at);
            yield return new PlayerUpdateMessage(at + 90, [.. _contenders.Select(contender => contender.State())]);
            if (second > ApmFrom)
            {
                yield return new ApmMessage(at + 180, [.. _contenders.Select(it => it.Actions(_battles.Any(battle => battle.Has(it))))]);
            }

            if (second > HeatFrom)
            {
                yield return new HeatmapMessage(at + 270, MapSize, []) { Warm = _heat.Hottest() };
            }

            foreach (var message in Research(second, at + 360).Concat(Fight(second, at + 600)).Concat(Talk(second, at + 750)).Concat(Part(second, at + 900)))
            {
                yield return message;
            }
        }

        yield return new EndMessage((_seconds * 1000L) + 990, [.. _contenders.Where(it => it.Card.Team == _winningTeam).Select(it => it.Card.Id)]);
    }

    private IEnumerable<GameMessage> Beginning()
    {
        var sides = _game.PlayerCount / 2;
        var title = $"{_map}, {sides} v {sides}";
        yield return new StartMessage(0, title, _map, MapSize, _seconds, [.. _contenders.Select(it => it.Card)]);
        yield return new MapMessage(20, _map, MapSize, Casting.Terrain(_dice, MapSize));
        yield return Positions(40);
        yield return new TitleMessage(60, title);
    }

    private void Advance(int second)
    {
        _heat.Cool();
        foreach (var contender in _contenders.Where(contender => !contender.HasResigned))
        {
            contender.Live(second);
            for (var worker = 0; worker < 3 + (contender.Age * 3); worker++)
            {
                var reach = 1.5 + contender.Age;
                _heat.Warm(contender.Home.X + _dice.Between(-reach, reach), contender.Home.Y + _dice.Between(-reach, reach), _dice.Between(0.5, 2.0));
            }

            // A scout or a patrol is always somewhere.
            _heat.Warm(_dice.Between(0.0, MapSize), _dice.Between(0.0, MapSize), 3);
        }

        foreach (var battle in _battles)
        {
            // Who defends has walls and towers; who will win has better days late in the game.
            var fortune = 1 + (0.4 * Math.Pow((double)second / _seconds, 3));
            battle.Fight((battle.Attacker.Card.Team == _winningTeam ? fortune : 1 / fortune) / 1.3);
            for (var blow = 0; blow < 12; blow++)
            {
                _heat.Warm(battle.X + _dice.Between(-3.0, 3.0), battle.Y + _dice.Between(-3.0, 3.0), _dice.Between(2.0, 9.0));
            }
        }

        _battles.RemoveAll(battle => battle.IsOver(second));
    }

    private IEnumerable<GameMessage> Research(int second, long at)
    {
        foreach (var contender in _contenders)
        {
            at += 20;
            foreach (var (technology, since) in contender.Researching.ToArray())
            {
                var progress = (double)(second - since) / technology.Seconds;
                var isFinished = progress >= 1;
                if (!isFinished && !_dice.OnceIn(3000))
                {
                    yield return new ResearchProgressMessage(at, contender.Card.Id, technology.Name, Math.Round(progress, 3));
                    continue;
                }

                var isNewAge = contender.StopResearch(technology, second, isFinished, _eagerness);
                yield return new ResearchStopMessage(at, contender.Card.Id, technology.Name, isFinished);
                if (isNewAge)
                {
                    yield return new AlertMessage(at, contender.Card.Id, "age", $"{contender.Card.Name} reached the {Technology.Ages[contender.Age]}", null, null);
                }
            }

            if (contender.NextResearch(second, _eagerness) is { } started)
            {
                yield return new ResearchMessage(at, contender.Card.Id, started.Name, started.Seconds);
            }
        }
    }

    private IEnumerable<GameMessage> Fight(int second, long at)
    {
        var ready = _contenders.Where(it => !it.HasResigned && it.Military >= 12 && !_battles.Any(battle => battle.Has(it))).ToArray();
        if (second > 600 && _battles.Count < _game.PlayerCount / 2 && ready.Length > 0 && _dice.OnceIn(45))
        {
            var attacker = _dice.Pick(ready);
            var enemies = _contenders.Where(it => it.Card.Team != attacker.Card.Team && !it.HasResigned).ToArray();
            if (enemies.Length > 0)
            {
                var defender = _dice.Pick(enemies);
                var way = _dice.Between(0.4, 0.95);
                var (x, y) = (attacker.Home.X + ((defender.Home.X - attacker.Home.X) * way), attacker.Home.Y + ((defender.Home.Y - attacker.Home.Y) * way));
                _battles.Add(new(attacker, defender, x, y, second + _dice.Between(30, 120), attacker.Military / 2));
                yield return new AlertMessage(
                    at, defender.Card.Id, "battle", $"{attacker.Card.Name} attacks {defender.Card.Name}", Math.Round(x, 1), Math.Round(y, 1));
            }
        }

        // Carts of allies come and go from the third age on.
        foreach (var contender in _contenders.Where(it => _game.PlayerCount > 2 && it is { HasResigned: false, Age: >= 2 }))
        {
            if (second > 1500 && _dice.OnceIn(14) && _dice.Pick(_contenders) is var partner && partner != contender && partner.Card.Team == contender.Card.Team)
            {
                var gold = _dice.Between(18, 64);
                contender.AddTrade(gold);
                _heat.Warm((contender.Home.X + partner.Home.X) / 2, (contender.Home.Y + partner.Home.Y) / 2, 6);
                yield return new TradeMessage(at + 50, contender.Card.Id, partner.Card.Id, gold, contender.TradedGold);
            }
        }
    }

    private IEnumerable<GameMessage> Talk(int second, long at)
    {
        var isOpening = second is > 4 and < 16;
        var mean = (isOpening ? 8 : _game.PlayerCount > 2 ? 110 : 400) * _contenders.Length / 2;
        foreach (var contender in _contenders.Where(contender => !contender.HasResigned))
        {
            if (_dice.OnceIn(mean))
            {
                var text = isOpening ? Casting.Opening(_dice) : Casting.Line(_dice);
                yield return new ChatMessage(at, contender.Card.Id, isOpening || _game.PlayerCount == 2 ? "all" : "team", text);
            }

            if (_game.PlayerCount > 2 && second > 900 && _dice.OnceIn(420) && _dice.Pick(_contenders) is { HasResigned: false } to
                && to != contender && to.Card.Team == contender.Card.Team && contender.Give() is var (resource, amount))
            {
                contender.Move(resource, -amount);
                to.Move(resource, amount);
                yield return new TributeMessage(at + 40, contender.Card.Id, to.Card.Id, resource, amount);
            }
        }

        if (second % 300 == 0)
        {
            yield return Positions(at + 60);
            var leader = _contenders.MaxBy(contender => contender.State().Score.Total)!;
            yield return new TitleMessage(at + 80, $"{_map}: {leader.Card.Name} leads after {second / 60} min");
        }
    }

    private IEnumerable<GameMessage> Part(int second, long at)
    {
        if (_resigns.TryGetValue(second, out var contender))
        {
            contender.Resign();
            yield return new ChatMessage(at, contender.Card.Id, "all", Casting.Farewell(_dice));
            yield return new ResignMessage(at + 30, contender.Card.Id);
        }
    }

    private PositionsMessage Positions(long at)
        => new(at, [.. _contenders.Where(it => !it.HasResigned).SelectMany(it => _battles.Where(battle => battle.Attacker == it)
            .Select(battle => new PositionCard(it.Card.Id, "army", Math.Round(battle.X, 1), Math.Round(battle.Y, 1)))
            .Prepend(new(it.Card.Id, "town", Math.Round(it.Home.X, 1), Math.Round(it.Home.Y, 1))))]);
}
