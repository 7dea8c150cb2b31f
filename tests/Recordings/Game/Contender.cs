namespace OrleansRelay.Recordings.Game;

/// <summary>One player of a simulated game: an economy that grows, an army that is built and lost, technologies researched one after another.</summary>
internal sealed class Contender(PlayerCard card, (double X, double Y) home, double skill, Dice dice)
{
    private const int PopulationLimit = 200;
    private readonly Queue<Technology> _wanted = new(dice.Shuffle(Technology.All).OrderBy(technology => technology.Age));
    private readonly int _villagersWanted = dice.Between(80, 125);
    private readonly int _drill = dice.Between(0, 40);
    private double _villagers = 3, _military = 1;
    private double _food = 200, _wood = 200, _gold = 100, _stone = 200;
    private double _gathered, _built, _kills, _losses, _traded, _apmSum;
    private int _researched, _apmCount, _restUntil;

    public PlayerCard Card => card;

    public (double X, double Y) Home => home;

    public int Age { get; private set; }

    public bool HasResigned { get; private set; }

    public int Military => (int)_military;

    public int TradedGold => (int)_traded;

    /// <summary>What is being researched now, and since when.</summary>
    public List<(Technology Technology, int Since)> Researching { get; } = [];

    /// <summary>One second of building, gathering and training.</summary>
    public void Live(int second)
    {
        if (HasResigned)
        {
            return;
        }

        // A villager brings a third of a resource a second, more with each technology; a town centre makes one every 25 s.
        var income = _villagers * 0.33 * skill * (1 + (0.01 * _researched));
        _gathered += income;
        _food += income * 0.45;
        _wood += income * 0.30;
        _gold += income * 0.20;
        _stone += income * 0.05;

        // Villagers first, then an army from the second age on, and a reserve while the next age is not reached.
        var townCentres = Age >= 2 ? 3 : 1;
        if (_villagers < _villagersWanted && Population < PopulationLimit && _food > 50)
        {
            _villagers += townCentres * skill / 25;
            _food -= townCentres * skill * 2;
        }

        var reserve = Age == 3 ? 100 : 500;
        var pace = Age == 0 ? 0 : Math.Min(0.09 * Age * skill, Math.Min((_food - reserve) / 600, Math.Min(_wood / 300, _gold / 250)));
        if (pace > 0 && Population < PopulationLimit && second > 500 + (_drill * 5))
        {
            _military += pace;
            _food -= pace * 45;
            _wood -= pace * 40;
            _gold -= pace * 30;
        }

        // What piles up goes into walls, castles and the market.
        foreach (var resource in new[] { "food", "wood", "gold", "stone" })
        {
            var spent = Math.Max(0, Held(resource) - 1200) * 0.01;
            Move(resource, -spent);
            _built += spent;
        }
    }

    /// <summary>The technology to start now, if one is due and can be paid for.</summary>
    public Technology? NextResearch(int second, double eagerness)
    {
        var lines = eagerness > 1 ? 1 + Age : 1;
        if (HasResigned || Researching.Count >= lines || second < _restUntil || _gold < 40 || !dice.OnceIn(20 / eagerness))
        {
            return null;
        }

        // Ages come at about 9, 18 and 32 minutes; between them whatever is next on this player's list.
        int[] due = [540, 1080, 1920];
        var next = Age < 3 && second > (due[Age] / skill) + _drill && _food > 400 && !Researching.Exists(it => it.Technology == Technology.Advances[Age])
            ? Technology.Advances[Age]
            : _wanted.TryPeek(out var wanted) && wanted.Age <= Age && second > 90 ? _wanted.Dequeue() : null;
        if (next is null)
        {
            return null;
        }

        _gold -= 40;
        _food -= Math.Min(_food, 4 * next.Seconds);
        Researching.Add((next, second));
        return next;
    }

    /// <summary>Ends what is researched. A cancelled technology goes to the end of the list.</summary>
    /// <returns>Whether a new age begins.</returns>
    public bool StopResearch(Technology technology, int second, bool finished, double eagerness)
    {
        Researching.RemoveAll(it => it.Technology == technology);
        _restUntil = second + (int)(dice.Between(5, 40) / eagerness);
        var isAdvance = Technology.Advances.Contains(technology);
        if (finished)
        {
            _researched++;
            Age += isAdvance ? 1 : 0;
        }
        else if (!isAdvance)
        {
            _wanted.Enqueue(technology);
        }

        return finished && isAdvance;
    }

    /// <summary>One second of battle: what this side loses to that many enemies.</summary>
    public double Suffer(double enemies, double fortune)
    {
        var lost = Math.Min(_military, enemies * 0.006 / fortune * dice.Between(0.5, 1.5));
        _military -= lost;
        var villagersLost = _military < 5 ? Math.Min(Math.Max(0, _villagers - 8), enemies * 0.001) : 0;
        _villagers -= villagersLost;
        _losses += lost + villagersLost;
        return lost + villagersLost;
    }

    public void AddKills(double kills) => _kills += kills;

    public void AddTrade(int gold)
    {
        _traded += gold;
        _gold += gold;
    }

    /// <summary>Gives some of what there is most of; nothing if there is little.</summary>
    public (string Resource, int Amount)? Give()
    {
        var resource = new[] { "food", "wood", "gold", "stone" }.MaxBy(Held)!;
        var amount = (int)(Held(resource) / 400) * 100;
        return amount < 100 ? null : (resource, amount);
    }

    public void Move(string resource, double amount)
    {
        switch (resource)
        {
            case "food": _food += amount; break;
            case "wood": _wood += amount; break;
            case "gold": _gold += amount; break;
            default: _stone += amount; break;
        }
    }

    private double Held(string resource) => resource switch { "food" => _food, "wood" => _wood, "gold" => _gold, _ => _stone };

    public void Resign()
    {
        HasResigned = true;
        Researching.Clear();
        (_villagers, _military) = (0, 0);
    }

    public ApmCard Actions(bool isFighting)
    {
        var apm = HasResigned ? 0 : (int)((30 + (45 * skill) + (isFighting ? 40 : 0) + _drill) * dice.Between(0.7, 1.3));
        _apmSum += apm;
        _apmCount++;
        return new(card.Id, apm, (int)(_apmSum / _apmCount));
    }

    public PlayerState State()
    {
        ScoreCard score = new((int)(_kills * 9), (int)(_gathered / 10), _researched * 35, (int)((_built / 20) + (_villagers * 3) + (Age * 250)), 0);
        score = score with { Total = score.Military + score.Economy + score.Technology + score.Society };
        var limit = HasResigned ? 0 : Math.Min(PopulationLimit, 5 + (((Population + 9) / 5) * 5));
        var idle = HasResigned ? 0 : (int)(dice.Roll() * 3 / skill);
        return new(
            card.Id, Technology.Ages[Age], score, Population, limit, (int)_villagers, idle, Military,
            (int)_food, (int)_wood, (int)_gold, (int)_stone, (int)_kills, (int)_losses, HasResigned ? true : null);
    }

    private int Population => (int)_villagers + (int)_military;
}
