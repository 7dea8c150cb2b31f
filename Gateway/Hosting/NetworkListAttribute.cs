using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Checks a list of addresses and networks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetworkListAttribute : ValidationAttribute
{
    /// <summary>Reads an address as the network of that address alone.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }

        return IPNetwork.TryParse(text, out network);
    }

    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var wrong = ((string[])value!).Where(text => !TryParse(text, out _)).ToArray();
        return wrong.Length == 0
            ? ValidationResult.Success
            : new ValidationResult($"{string.Join(", ", wrong)}: not an IP address or a network such as 10.0.0.0/8.", [validationContext.MemberName!]);
    }
}
