using System.CommandLine;
using System.Globalization;

namespace OrleansRelay.Recordings;

/// <summary><c>write --game 4 --seed 1 --out FILE</c>: generates a recording.</summary>
internal static class WriteCommand
{
    public static Command Create()
    {
        var game = CommandOptions.Game();
        var seed = CommandOptions.Seed();
        Option<FileInfo> file = new("--out") { Description = "The .ndjson file to write.", Required = true };
        Command command = new("write", "Writes a recorded game to a file.") { game, seed, file };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var target = arguments.GetRequiredValue(file);
            var messages = GameRecording.Generate(RecordedGame.ById(arguments.GetValue(game)), arguments.GetValue(seed));
            await using (var stream = target.Create())
            {
                await RecordingFile.WriteAsync(stream, messages, cancellationToken);
            }

            await arguments.InvocationConfiguration.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{target.FullName}: {messages.Count:N0} messages, {messages.Sum(message => message.Payload.Length):N0} bytes"));
            return 0;
        });
        return command;
    }
}
