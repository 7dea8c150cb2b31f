namespace OrleansRelay.Gateway.Tests;

/// <summary>What a channel holds, as the tests compare it.</summary>
internal static class ChannelHistory
{
    /// <summary>The payloads of all its messages in hexadecimal digits, page after page.</summary>
    public static async Task<List<string>> PayloadsAsync(this RelayHost relay, string channel)
    {
        var payloads = new List<string>();
        while (await relay.Channel(channel).ReadHistoryAsync(payloads.Count + 1, long.MaxValue).WithinTest("the history") is { Messages.Length: > 0 } page)
        {
            payloads.AddRange(page.Messages.Select(message => Convert.ToHexString(message.Payload.Span)));
        }

        return payloads;
    }
}
