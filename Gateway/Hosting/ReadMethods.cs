namespace OrleansRelay.Gateway.Hosting;

/// <summary>The methods of an address that only tells something: HEAD is answered wherever GET is (RFC 9110, section 9.3.2).</summary>
internal static class ReadMethods
{
    public static readonly string[] All = ["GET", "HEAD"];
}
