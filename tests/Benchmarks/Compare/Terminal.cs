namespace OrleansRelay.Benchmarks.Compare;

/// <summary>The output of a command: with colours and a line of progress on a terminal, plain lines in a file.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="isTerminal">Whether a person watches: progress is shown.</param>
/// <param name="hasColours">Whether colours are shown.</param>
internal sealed class Terminal(TextWriter output, bool isTerminal, bool hasColours)
{
    private const string ClearLine = "\r\u001b[K";

    /// <summary>The console's, as far as it is one. The variable NO_COLOR takes the colours away (no-color.org).</summary>
    public static Terminal Of(TextWriter output)
    {
        var isTerminal = !Console.IsOutputRedirected;
        return new Terminal(output, isTerminal, isTerminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or "");
    }

    /// <summary>Writes a line over the progress.</summary>
    public void Line(string text = "") => output.WriteLine(isTerminal ? ClearLine + text : text);

    /// <summary>Shows what is under way, until the next line.</summary>
    public void Progress(string text)
    {
        if (isTerminal)
        {
            output.Write(ClearLine + Dim(text));
            output.Flush();
        }
    }

    public string Bold(string text) => Paint(1, text);

    public string Dim(string text) => Paint(2, text);

    public string Good(string text) => Paint(32, text);

    public string Bad(string text) => Paint(31, text);

    /// <summary>A gate in the colour of its verdict.</summary>
    public string Judged(Gate gate) => gate.IsMet ? Good(gate.ToString()) : Bad(gate.ToString());

    private string Paint(int code, string text) => hasColours ? FormattableString.Invariant($"\u001b[{code}m{text}\u001b[0m") : text;
}
