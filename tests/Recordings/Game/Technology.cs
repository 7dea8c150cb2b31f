namespace OrleansRelay.Recordings.Game;

/// <summary>Something a player researches once.</summary>
/// <param name="Name">As shown.</param>
/// <param name="Age">First age that has it, 0 to 3.</param>
/// <param name="Seconds">How long it takes.</param>
internal sealed record Technology(string Name, int Age, int Seconds)
{
    /// <summary>The four ages; a player starts in the first.</summary>
    public static IReadOnlyList<string> Ages { get; } = ["Dark Age", "Feudal Age", "Castle Age", "Imperial Age"];

    /// <summary>What leads from one age to the next, in order.</summary>
    public static IReadOnlyList<Technology> Advances { get; } =
    [
        new("Feudal Age", 0, 130), new("Castle Age", 1, 160), new("Imperial Age", 2, 190),
    ];

    /// <summary>All others.</summary>
    public static IReadOnlyList<Technology> All { get; } =
    [
        new("Loom", 0, 25),
        new("Double-Bit Axe", 1, 25), new("Horse Collar", 1, 20), new("Gold Mining", 1, 30), new("Town Watch", 1, 25), new("Wheelbarrow", 1, 75),
        new("Fletching", 1, 30), new("Forging", 1, 50), new("Scale Mail Armor", 1, 40), new("Padded Archer Armor", 1, 40), new("Man-at-Arms", 1, 40),
        new("Bow Saw", 2, 50), new("Heavy Plow", 2, 40), new("Stone Mining", 2, 30), new("Hand Cart", 2, 55), new("Ballistics", 2, 60),
        new("Bodkin Arrow", 2, 35), new("Iron Casting", 2, 75), new("Chain Mail Armor", 2, 55), new("Leather Archer Armor", 2, 55),
        new("Crossbowman", 2, 35), new("Pikeman", 2, 45), new("Long Swordsman", 2, 45), new("Light Cavalry", 2, 45), new("Husbandry", 2, 40),
        new("Bloodlines", 2, 50), new("Thumb Ring", 2, 45), new("Squires", 2, 40), new("Fervor", 2, 50), new("Sanctity", 2, 60),
        new("Redemption", 2, 50), new("Masonry", 2, 50), new("Murder Holes", 2, 35), new("Guard Tower", 2, 30), new("Caravan", 2, 40),
        new("Two-Man Saw", 3, 100), new("Crop Rotation", 3, 70), new("Gold Shaft Mining", 3, 75), new("Stone Shaft Mining", 3, 75),
        new("Bracer", 3, 40), new("Blast Furnace", 3, 100), new("Plate Mail Armor", 3, 70), new("Ring Archer Armor", 3, 70),
        new("Arbalester", 3, 50), new("Halberdier", 3, 50), new("Hussar", 3, 50), new("Paladin", 3, 170), new("Champion", 3, 100),
        new("Siege Ram", 3, 75), new("Siege Onager", 3, 150), new("Heavy Scorpion", 3, 50), new("Chemistry", 3, 100), new("Siege Engineers", 3, 45),
        new("Conscription", 3, 60), new("Hoardings", 3, 75), new("Sappers", 3, 10), new("Architecture", 3, 70), new("Arrowslits", 3, 75),
        new("Block Printing", 3, 55), new("Theocracy", 3, 75), new("Faith", 3, 60), new("Heavy Camel Rider", 3, 125), new("Banking", 3, 50),
        new("Guilds", 3, 50), new("Bombard Tower", 3, 60), new("Spies", 3, 60), new("Elite Skirmisher", 3, 50), new("Treadmill Crane", 3, 50),
    ];
}
