using OrleansRelay.Deploy.Tests.Kubernetes.Rules;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes;

/// <summary>Our own rules hold in every overlay, and each finds the faults that are put in for it.</summary>
public sealed class RuleTests
{
    public static IEnumerable<object[]> RuleAndOverlay =>
        from rule in Rule.All from overlay in Overlays.Names select (object[])[rule.Name, overlay];

    public static IEnumerable<object[]> RuleAndFault =>
        from rule in Rule.All from fault in Enumerable.Range(0, rule.Faults.Length) select (object[])[rule.Name, fault];

    [Theory]
    [MemberData(nameof(RuleAndOverlay))]
    public void RuleHolds(string rule, string overlay)
    {
        var findings = Named(rule).Check(Overlays.Get(overlay));

        Assert.Empty(findings);
    }

    [Theory]
    [MemberData(nameof(RuleAndFault))]
    public void RuleFindsItsFault(string rule, int fault)
    {
        var spoilt = Overlays.Get("production");
        Named(rule).Faults[fault](spoilt);

        var findings = Named(rule).Check(spoilt);

        Assert.NotEmpty(findings);
    }

    [Fact]
    public void EveryRuleHasAFault()
    {
        var unproved = Rule.All.Where(rule => rule.Faults.Length == 0).Select(rule => rule.Name);

        Assert.Empty(unproved);
    }

    private static Rule Named(string name) => Rule.All.Single(rule => rule.Name == name);
}
