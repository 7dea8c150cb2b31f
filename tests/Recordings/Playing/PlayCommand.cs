using System.CommandLine;

namespace OrleansRelay.Recordings.Playing;

/// <summary><c>play --url ws://127.0.0.1:8080 --channel demo --game 3 --speed 20 [--loop]</c>: plays a game into a running relay.</summary>
internal static class PlayCommand
{
    public static Command Create()
    {
        var url = CommandOptions.Url();
        Option<string> channel = new("--channel") { Description = "The channel to publish.", DefaultValueFactory = _ => "demo" };
        var game = CommandOptions.Game();
        var seed = CommandOptions.Seed();
        var speed = CommandOptions.Speed();
        Option<bool> loop = new("--loop") { Description = "Begin again at the end." };
        Option<FileInfo?> file = new("--file") { Description = "Play this recording instead of a generated game." };

        Command command = new("play", "Plays a recorded game into a running relay, as a dashboard would send it.") { url, channel, game, seed, speed, loop, file };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var (output, errors) = (arguments.InvocationConfiguration.Output, arguments.InvocationConfiguration.Error);
            try
            {
                var messages = await LoadAsync(arguments.GetValue(file), arguments.GetValue(game), arguments.GetValue(seed), cancellationToken);
                RecordingPlayer player = new(messages, arguments.GetValue(speed), TimeProvider.System);
                do
                {
                    await PlayOnceAsync(player, arguments.GetRequiredValue(url), arguments.GetRequiredValue(channel), output, cancellationToken);
                }
                while (arguments.GetValue(loop));

                return 0;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await output.WriteLineAsync($"{Environment.NewLine}Stopped.");
                return 0;
            }
            catch (Exception e) when (e is PublishingEndedException or FormatException or IOException)
            {
                await errors.WriteLineAsync($"{Environment.NewLine}{e.Message}");
                return 1;
            }
        });
        return command;
    }

    private static async Task PlayOnceAsync(RecordingPlayer player, Uri url, string channel, TextWriter output, CancellationToken cancellationToken)
    {
        await using var connection = await PublisherConnection.OpenAsync(url, channel, cancellationToken);
        await output.WriteLineAsync($"Playing {player.Count} messages into {connection.Address}; Ctrl-C stops.");
        await player.PlayAsync(connection, new PlayProgress(output, TimeProvider.System), cancellationToken);
    }

    private static async Task<IReadOnlyList<RecordedMessage>> LoadAsync(FileInfo? file, int game, int seed, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return GameRecording.Generate(RecordedGame.ById(game), seed);
        }

        await using var stream = file.OpenRead();
        return await RecordingFile.ReadAsync(stream, cancellationToken).ToListAsync(cancellationToken);
    }
}
