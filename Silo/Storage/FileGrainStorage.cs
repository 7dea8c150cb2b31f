using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orleans.Storage;

namespace OrleansRelay.Silo.Storage;

/// <summary>Grain storage in files: one file a grain and state, for one process.</summary>
/// <remarks>
/// A file is written under a temporary name, flushed to the disk, and renamed over the former one, so a crash leaves the former or the
/// new state and never half of one. The ETag is the hash of the file's bytes. Form: <c>{"version":1,"grain":…,"state":…}</c>.
/// </remarks>
internal sealed class FileGrainStorage(string directory) : IGrainStorage
{
    private const int Version = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var bytes = await TryReadAsync(PathOf(stateName, grainId));
        grainState.RecordExists = bytes is not null;
        grainState.ETag = bytes is null ? null : ETagOf(bytes);
        grainState.State = bytes is null ? Activator.CreateInstance<T>() : Parse<T>(bytes, stateName, grainId);
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        await CheckAsync(path, grainState);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new StoredState<T>(Version, grainId.ToString(), grainState.State!), Json);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        grainState.RecordExists = true;
        grainState.ETag = ETagOf(bytes);
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        await CheckAsync(path, grainState);
        File.Delete(path);
        grainState.RecordExists = false;
        grainState.ETag = null;
        grainState.State = Activator.CreateInstance<T>();
    }

    private static async Task CheckAsync<T>(string path, IGrainState<T> grainState)
    {
        var stored = await TryReadAsync(path) is { } bytes ? ETagOf(bytes) : null;
        if (stored != grainState.ETag)
        {
            throw new InconsistentStateException($"{path} was changed by somebody else since it was read.", stored ?? "", grainState.ETag ?? "");
        }
    }

    private static T Parse<T>(byte[] bytes, string stateName, GrainId grainId)
    {
        var stored = JsonSerializer.Deserialize<StoredState<T>>(bytes, Json);
        return stored is { Version: Version, State: { } state }
            ? state
            : throw new InvalidDataException($"The stored {stateName} of {grainId} has version {stored?.Version}; this relay reads version {Version}.");
    }

    private static async Task<byte[]?> TryReadAsync(string path)
    {
        try
        {
            return await File.ReadAllBytesAsync(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Keys are escaped, so that no name of a channel or user can leave the folder or meet another one's file.</summary>
    private string PathOf(string stateName, GrainId grainId)
    {
        var key = new StringBuilder();
        foreach (var letter in Encoding.UTF8.GetBytes(grainId.Key.ToString()!))
        {
            // Capitals too: some file systems don't tell them from small letters.
            key.Append(char.IsAsciiLetterLower((char)letter) || char.IsAsciiDigit((char)letter) ? ((char)letter).ToString() : $"%{letter:X2}");
        }

        return Path.Combine(directory, stateName, key + ".json");
    }

    private static string ETagOf(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 16));

    private sealed record StoredState<T>(int Version, string Grain, T State);
}
