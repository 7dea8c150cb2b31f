using System.Globalization;
using System.Reflection;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Wire;

public sealed class CloseCodeTests
{
    /// <summary>Codes that the framework's WebSocket sends by itself.</summary>
    private static readonly int[] OfTheFramework = [1002, 1007];

    private static readonly string[][] Table = ProtocolPage.Table(8);

    [Fact]
    public void TheProtocolsTableIsTheCodes() => Assert.Equal(
        Table.Select(row => (int.Parse(row[0], CultureInfo.InvariantCulture), row[1].Trim('`'))).Where(row => !OfTheFramework.Contains(row.Item1)).Order(),
        CloseCode.All.Select(code => ((int)code.Code, code.Reason)).Order());

    [Fact]
    public void EveryCodeThereIsIsListed()
    {
        var fields = typeof(CloseCode).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.FieldType == typeof(CloseCode));

        Assert.Equal(fields.Select(field => (CloseCode)field.GetValue(null)!).Order(ByCode), CloseCode.All.Order(ByCode));
    }

    [Fact]
    public void TheHundredsSayWhetherTheClientMayComeBack()
    {
        foreach (var row in Table)
        {
            var expected = (int.Parse(row[0], CultureInfo.InvariantCulture) / 100) switch
            {
                41 => "after a pause",
                42 => "at once",
                _ => "no",
            };
            Assert.True(expected == row[2], $"{row[0]} says '{row[2]}' where its hundreds say '{expected}'.");
        }
    }

    [Fact]
    public void AReasonFitsIntoACloseFrame() => Assert.All(CloseCode.All, code => Assert.InRange(code.Reason.Length, 0, 123));

    private static Comparer<CloseCode> ByCode { get; } = Comparer<CloseCode>.Create((one, other) => one.Code.CompareTo(other.Code));
}
