namespace OrleansRelay.Recordings.Game;

/// <summary>Who plays, on which map, and what they say. Names and lines go beyond ASCII and Latin-1 on purpose: viewers must show them right.</summary>
internal static class Casting
{
    private static readonly string[] Names =
    [
        "Þórir", "Zoë_the_Wise", "Łukasz", "龍馬", "Иван77", "Øyvind", "Çelik", "señorMangonel", "Jürgen", "Ραφαήλ", "naïve.knight",
        "Åsa", "훈민정음", "Mr_Sheep", "TroisÉtoiles", "boar_lure_42", "Đặng", "Škoda", "onager🐎", "Villager#7",
    ];

    private static readonly string[] Colors = ["#2f6bff", "#e5352b", "#23a84a", "#e6c229", "#17b8c4", "#b14ae0", "#8f98a3", "#f28a1e"];

    private static readonly string[] Civilizations =
    [
        "Aztecs", "Britons", "Byzantines", "Celts", "Chinese", "Ethiopians", "Franks", "Goths", "Huns", "Incas", "Indians", "Italians",
        "Japanese", "Koreans", "Magyars", "Malians", "Mayans", "Mongols", "Persians", "Saracens", "Slavs", "Spanish", "Teutons", "Turks", "Vikings",
    ];

    private static readonly string[] Maps = ["Arabia", "Black Forest", "Gold Rush", "Ghost Lake", "Hideout", "Land Madness"];

    private static readonly string[] Openings = ["glhf", "gl hf all", "hf! 😊", "good luck", "viel Glück", "удачи", "よろしくお願いします", "¡suerte a todos!"];

    private static readonly string[] Lines =
    [
        "more spears pls", "they come mid", "wall it!", "need gold", "11", "nice save", "my boar is stuck…", "scouts incoming", "push now",
        "who took my deer?", "¿dónde están?", "schöne Türme", "castle drop at my base", "ありがとう", "trebs ready in 30 s", "ну давай", "one more relic",
        "age up?", "I hold left", "sling me 500 food", "30", "14", "was für ein Spiel", "dość", "brb 1 min – pause?", "their eco is 100 % dead",
    ];

    private static readonly string[] Farewells = ["gg", "gg wp", "GG", "bien joué, gg", "хорошая игра", "gg – great game ❤"];

    public static string Map(Dice dice) => dice.Pick(Maps);

    public static string Opening(Dice dice) => dice.Pick(Openings);

    public static string Line(Dice dice) => dice.Pick(Lines);

    public static string Farewell(Dice dice) => dice.Pick(Farewells);

    /// <summary>The players, two teams by turns.</summary>
    public static IReadOnlyList<PlayerCard> Players(Dice dice, int count)
    {
        var names = dice.Shuffle(Names);
        return [.. Enumerable.Range(0, count).Select(i => new PlayerCard(i + 1, names[i], Colors[i], dice.Pick(Civilizations), (i % 2) + 1))];
    }

    /// <summary>Homes on a circle round the middle, team against team across it.</summary>
    public static (double X, double Y) Home(int index, int count, int size, Dice dice)
    {
        // Team 1 (even indexes) shares one half of the circle, team 2 the other.
        var place = (index % 2 * (count / 2)) + (index / 2);
        var angle = (place + 0.5) * 2 * Math.PI / count;
        var radius = size * dice.Between(0.34, 0.40);
        return ((size / 2.0) + (radius * Math.Cos(angle)), (size / 2.0) + (radius * Math.Sin(angle)));
    }

    /// <summary>Patches of forest, water, gold and stone on grass.</summary>
    public static IReadOnlyList<string> Terrain(Dice dice, int size)
    {
        var cells = Enumerable.Range(0, size).Select(_ => Enumerable.Repeat('.', size).ToArray()).ToArray();
        foreach (var (letter, patches, radius) in new[] { ('w', 3, 3.5), ('f', 16, 2.6), ('g', 14, 1.0), ('s', 10, 1.0) })
        {
            for (var patch = 0; patch < patches; patch++)
            {
                var (x, y, reach) = (dice.Between(0.0, size), dice.Between(0.0, size), radius * dice.Between(0.6, 1.3));
                for (var row = 0; row < size; row++)
                {
                    for (var column = 0; column < size; column++)
                    {
                        if (Math.Pow(column + 0.5 - x, 2) + Math.Pow(row + 0.5 - y, 2) < reach * reach)
                        {
                            cells[row][column] = letter;
                        }
                    }
                }
            }
        }

        return [.. cells.Select(row => new string(row))];
    }
}
