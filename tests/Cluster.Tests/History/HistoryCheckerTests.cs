using OrleansRelay.Chaos.History;

namespace OrleansRelay.Cluster.Tests.History;

public sealed class HistoryCheckerTests
{
    private readonly RecordedRun _run = new();

    // In Anna's list: 0 hello, 1..5 messages 1..5, 6 hello, 7..11 messages 6..10.
    private const int AnnasMessage3 = 3;
    private const int AnnasSecondHello = 6;
    private const int AnnasMessage6 = 7;

    [Fact]
    public void NothingIsFoundWhereEverythingIsWell() => Assert.Empty(_run.Check());

    [Fact]
    public void AnAcknowledgedMessageThatNobodySawIsLost()
    {
        _run.Anna.RemoveAt(_run.Anna.Count - 1);
        _run.Ben.RemoveRange(_run.Ben.Count - 2, 2);

        Assert.Equal([Rule.AcknowledgedLost], _run.Check());
    }

    [Fact]
    public void AnAcknowledgedMessageThatOneViewerMissedIsLostAndLeftASilentGap()
    {
        _run.Anna.RemoveAt(AnnasMessage3);

        Assert.Equal([Rule.AcknowledgedLost, Rule.SilentGap], _run.Check());
    }

    [Fact]
    public void AHelloThatKnowsLessThanWasAcknowledgedIsALoss()
    {
        _run.Publisher.Add(new PublisherJoined(100, "g2", RecordedRun.Messages - 1));
        _run.Publisher.Add(_run.Ack(RecordedRun.Messages));

        Assert.Equal([Rule.AcknowledgedLost], _run.Check());
    }

    [Fact]
    public void AMessageThatCameTwiceIsADuplicate()
    {
        _run.Anna.Insert(AnnasMessage3, _run.Message(3));

        Assert.Equal([Rule.Duplicate], _run.Check());
    }

    [Fact]
    public void AMessageThatIsStoredTwiceIsADuplicate()
    {
        foreach (var viewer in (List<ViewerEvent>[])[_run.Anna, _run.Ben])
        {
            viewer.RemoveAll(happened => happened is HeadTold);
            viewer.Add(_run.Message(sequence: 4, offset: RecordedRun.Messages + 1));
        }

        Assert.Equal([Rule.Duplicate], _run.Check());
    }

    [Fact]
    public void MessagesStoredInAnotherOrderThanTheirPublishersAreReordered()
    {
        foreach (var viewer in (List<ViewerEvent>[])[_run.Anna, _run.Ben])
        {
            viewer[3] = _run.Message(sequence: 4, offset: 3);
            viewer[4] = _run.Message(sequence: 3, offset: 4);
        }

        _run.Publisher.RemoveAll(happened => happened is AckTold { Sequence: 3 or 4 });

        Assert.Equal([Rule.Reordered], _run.Check());
    }

    [Fact]
    public void AViewerThatIsSentBackGetsDuplicates()
    {
        _run.Anna.InsertRange(AnnasMessage6, [_run.Message(4), _run.Message(5)]);

        Assert.Equal([Rule.Duplicate], _run.Check());
    }

    [Fact]
    public void TwoViewersThatSawTwoOrdersDiverge()
    {
        _run.Anna[3] = _run.Message(sequence: 4, offset: 3);
        _run.Anna[4] = _run.Message(sequence: 3, offset: 4);

        Assert.Contains(Rule.OrdersDiverge, _run.Check());
    }

    [Fact]
    public void APayloadThatChangedIsFound()
    {
        _run.Anna[AnnasMessage3] = _run.Message(3, isIntact: false);

        Assert.Contains(Rule.PayloadChanged, _run.Check());
    }

    [Fact]
    public void RecoveredThatLeavesSomethingOutIsFalse()
    {
        _run.Anna[AnnasSecondHello] = _run.Hello(next: 7, since: 5, recovered: true);
        _run.Anna.RemoveAt(AnnasMessage6);

        Assert.Equal([Rule.AcknowledgedLost, Rule.FalseRecovered], _run.Check());
    }

    [Theory]
    [InlineData("future")]
    [InlineData("expired")]
    [InlineData("epoch-changed")]
    public void NotRecoveredForAReasonThatIsNotTrueIsFalse(string reason)
    {
        _run.Anna[AnnasSecondHello] = _run.Hello(next: 6, since: 5, recovered: false, reason: reason);

        Assert.Equal([Rule.FalseRecovered], _run.Check());
    }

    [Fact]
    public void NotRecoveredForWhatReallyExpiredIsTrue()
    {
        _run.Anna[AnnasSecondHello] = _run.Hello(next: 8, since: 5, recovered: false, reason: "expired", firstHeld: 8);
        _run.Anna.RemoveRange(AnnasMessage6, 2);

        Assert.Equal([Rule.AcknowledgedLost], _run.Check(heldAtLeast: 2));
    }

    [Fact]
    public void AFlagWithoutAPositionIsFalse()
    {
        _run.Anna[0] = _run.Hello(next: 1, recovered: true);

        Assert.Equal([Rule.FalseRecovered], _run.Check());
    }

    [Fact]
    public void AMissingFlagIsFalse()
    {
        _run.Anna[AnnasSecondHello] = _run.Hello(next: 6, since: 5);

        Assert.Equal([Rule.FalseRecovered], _run.Check());
    }

    [Fact]
    public void AGapNoticeForWhatIsStillHeldIsFalse()
    {
        _run.Anna[AnnasMessage3] = _run.Gap(3, 3);

        Assert.Equal([Rule.AcknowledgedLost, Rule.FalseNotice], _run.Check());
    }

    [Fact]
    public void AGapNoticeThatNamesOtherOffsetsIsFalse()
    {
        _run.Anna.Insert(AnnasMessage3, _run.Gap(1, 2));

        Assert.Equal([Rule.FalseNotice], _run.Check(heldAtLeast: 2));
    }

    [Fact]
    public void AGapNoticeForWhatReallyExpiredIsTrue()
    {
        _run.Anna[AnnasMessage3] = _run.Gap(3, 3);

        Assert.Equal([Rule.AcknowledgedLost], _run.Check(heldAtLeast: 2));
    }

    [Fact]
    public void APositionBeyondWhatWasSentIsFalse()
    {
        _run.Ben[^1] = new HeadTold(1, RecordedRun.At(RecordedRun.Messages + 1));

        Assert.Equal([Rule.FalseNotice], _run.Check());
    }

    [Fact]
    public void AnEpochThatGoesBackIsFalse()
    {
        _run.Anna.Add(new EpochTold(1, RecordedRun.At(1, RecordedRun.Epoch - 1)));

        Assert.Equal([Rule.FalseNotice], _run.Check());
    }

    [Fact]
    public void AnAcknowledgementOfAnotherPositionIsFalse()
    {
        _run.Publisher[^1] = _run.Ack(RecordedRun.Messages, offset: 1);

        Assert.Equal([Rule.FalseAck], _run.Check());
    }

    [Fact]
    public void AMessageThatNobodyPublishedIsFound()
    {
        foreach (var viewer in (List<ViewerEvent>[])[_run.Anna, _run.Ben])
        {
            viewer.RemoveAll(happened => happened is HeadTold);
            viewer.Add(_run.Message(RecordedRun.Messages + 1));
        }

        Assert.Equal([Rule.NeverPublished], _run.Check());
    }

    [Fact]
    public void AMessageThatWasNeverAcknowledgedIsFound()
    {
        _run.Publisher.RemoveAt(_run.Publisher.Count - 1);

        Assert.Equal([Rule.NeverAcknowledged], _run.Check());
    }

    [Fact]
    public void SomeoneWhoIsToldNotToComeBackIsFound()
    {
        _run.Publisher.Add(new PublisherLeft(1, "g1", 4001));

        Assert.Equal([Rule.WrongClose], _run.Check());
    }
}
