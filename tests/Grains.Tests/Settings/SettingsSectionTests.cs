using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansRelay.Settings;

namespace OrleansRelay.Grains.Tests.Settings;

public sealed class SettingsSectionTests
{
    [Fact]
    public void EveryKindOfValueIsRead()
    {
        var options = Read(
            ("Lamp:Number", "7"), ("Lamp:large", "5000000000"), ("LAMP:Flag", "true"), ("Lamp:Wait", "00:00:05"), ("Lamp:Color", "green"), ("Lamp:Name", " x "), ("Lamp:Names", "a, b,"));

        Assert.Equal((7, 5_000_000_000, true, TimeSpan.FromSeconds(5), LampColor.Green), (options.Number, options.Large, options.Flag, options.Wait, options.Color));
        Assert.Equal("x", options.Name);
        Assert.Equal(["a", "b"], options.Names);
    }

    [Fact]
    public void AListMayAlsoBeGivenByNumbers() => Assert.Equal(["a", "b"], Read(("Lamp:Names:0", "a"), ("Lamp:Names:1", "b")).Names);

    [Fact]
    public void LaterSectionsGoOverEarlierOnes()
    {
        var section = Section(["Lamp", "Lamps:big"], ("Lamp:Number", "1"), ("Lamp:Name", "one"), ("Lamps:big:Number", "2"));
        var options = new LampOptions();

        section.Configure("big", options);

        Assert.Equal((2, "one"), (options.Number, options.Name));
    }

    [Fact]
    public void AllThatIsWrongIsSaidAtOnce()
    {
        var failures = Fail(
            ("Lamp:Number", "seven"), ("Lamp:Large", "9223372036854775808"), ("Lamp:Flag", "yes"), ("Lamp:Wait", "soon"), ("Lamp:Color", "blue"),
            ("Lamp:Bright", "1"), ("Lamp:Small", "11"));

        Assert.Equal(
            [
                "Lamp:Bright (environment variable Lamp__Bright) is not a setting. Known here: Number, Large, Small, Flag, Wait, Color, Name, Names.",
                "Lamp:Color (environment variable Lamp__Color) is 'blue', which is not one of Red, Green.",
                "Lamp:Flag (environment variable Lamp__Flag) is 'yes', which is not true or false.",
                "Lamp:Large (environment variable Lamp__Large) is '9223372036854775808', which is not a whole number in range.",
                "Lamp:Number (environment variable Lamp__Number) is 'seven', which is not a whole number in range.",
                "Lamp:Small (environment variable Lamp__Small) is '11'. The field Small must be between 1 and 10.",
                "Lamp:Wait (environment variable Lamp__Wait) is 'soon', which is not a time span such as 00:00:30.",
            ],
            failures.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AVariableThatIsSetToNothingIsNotGiven() => Assert.Equal(1, Read(("Lamp:Small", ""), ("Lamp:Name", "")).Small);

    [Fact]
    public void AnEnumIsNotReadFromANumberThatNamesNothing() =>
        Assert.Equal(["Lamp:Color (environment variable Lamp__Color) is '7', which is not one of Red, Green."], Fail(("Lamp:Color", "7")));

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("10MB", 10 << 20)]
    public void WhatIsNamedBytesTakesUnits(string text, int bytes)
    {
        var options = new BasketOptions();

        new SettingsSection<BasketOptions>(Configuration([("Basket:AppleBytes", text), ("Basket:PearBytes", text)]), _ => ["Basket"]).Configure(options);

        Assert.Equal((bytes, (long)bytes), (options.AppleBytes, options.PearBytes));
    }

    [Theory]
    [InlineData("ten")]
    [InlineData("-1")]
    [InlineData("2GiB")]
    public void OneThatIsNoneIsToldHowItIsWritten(string text)
    {
        var section = new SettingsSection<BasketOptions>(Configuration([("Basket:AppleBytes", text)]), _ => ["Basket"]);

        Assert.Equal(
            $"Basket:AppleBytes (environment variable Basket__AppleBytes) is '{text}', which is not a number of bytes such as 1048576, 512KiB or 10MB in range.",
            Assert.Single(section.Validate("", new BasketOptions()).Failures!));
    }

    [Fact]
    public void ASectionInASectionNamesItsWholeVariable() =>
        Assert.StartsWith(
            "Lamps:big:Number (environment variable Lamps__big__Number) is 'x'",
            Assert.Single(Section(["Lamps:big"], ("Lamps:big:Number", "x")).Validate("big", new LampOptions()).Failures!),
            StringComparison.Ordinal);

    [Fact]
    public void GroupsOfTheSectionBelongToOthers()
    {
        var section = new SettingsSection<LampOptions>(Configuration([("Lamp:Shade:Material", "silk")]), _ => ["Lamp"], "Shade");

        Assert.True(section.Validate("", new LampOptions()).Succeeded);
    }

    private static LampOptions Read(params (string Key, string Value)[] settings)
    {
        var section = Section(["Lamp"], settings);
        var options = new LampOptions();
        section.Configure(options);
        Assert.True(section.Validate("", options).Succeeded);
        return options;
    }

    private static IEnumerable<string> Fail(params (string Key, string Value)[] settings)
    {
        var section = Section(["Lamp"], settings);
        var options = new LampOptions();
        section.Configure(options);
        return section.Validate(Options.DefaultName, options).Failures ?? [];
    }

    private static SettingsSection<LampOptions> Section(string[] sections, params (string Key, string Value)[] settings) => new(Configuration(settings), _ => sections);

    private static IConfiguration Configuration((string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    private enum LampColor
    {
        Red,
        Green,
    }

    private sealed class LampOptions
    {
        public int Number { get; set; }

        public long Large { get; set; }

        [Range(1, 10)]
        public int Small { get; set; } = 1;

        public bool Flag { get; set; }

        public TimeSpan Wait { get; set; }

        public LampColor Color { get; set; }

        public string Name { get; set; } = "";

        public string[] Names { get; set; } = [];
    }

    private sealed class BasketOptions
    {
        public int AppleBytes { get; set; }

        public long PearBytes { get; set; }
    }
}
