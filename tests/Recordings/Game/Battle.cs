namespace OrleansRelay.Recordings.Game;

/// <summary>Two players fight at a place until a second has come or the attacker's army is down to where it retreats.</summary>
internal sealed record Battle(Contender Attacker, Contender Defender, double X, double Y, int Until, int RetreatAt)
{
    public bool IsOver(int second) => second >= Until || Attacker.HasResigned || Defender.HasResigned || Attacker.Military <= RetreatAt;

    public bool Has(Contender contender) => Attacker == contender || Defender == contender;

    /// <summary>One second of it.</summary>
    /// <param name="attackerFortune">Above 1 favours the attacker.</param>
    public void Fight(double attackerFortune)
    {
        var (attackers, defenders) = (Attacker.Military, Defender.Military);
        Defender.AddKills(Attacker.Suffer(defenders, attackerFortune));
        Attacker.AddKills(Defender.Suffer(attackers, 1 / attackerFortune));
    }
}
