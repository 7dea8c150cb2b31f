using System.CommandLine;
using BenchmarkDotNet.Running;
using OrleansRelay.Benchmarks;
using OrleansRelay.Benchmarks.Compare;
using OrleansRelay.Benchmarks.Rivals;

Option<int> port = new("--port") { Description = "Where it listens on 127.0.0.1.", DefaultValueFactory = _ => 8090 };
Command floor = new("floor", "Serves the floor program.") { port };
floor.SetAction((arguments, cancellationToken) => Task.FromResult(Floor.Run(arguments.GetValue(port), cancellationToken)));
Command plain = new("plain", "Serves the plain ASP.NET Core relay.") { port };
plain.SetAction((arguments, cancellationToken) => PlainRelay.RunAsync(arguments.GetValue(port), cancellationToken));
Command signalR = new("signalr", "Serves a relay on SignalR.") { port };
signalR.SetAction((arguments, cancellationToken) => SignalRRelay.RunAsync(arguments.GetValue(port), cancellationToken));
Command micro = new("micro", "Runs BenchmarkDotNet; what follows is its own.") { TreatUnmatchedTokensAsErrors = false };
micro.SetAction(arguments => BenchmarkSwitcher.FromAssembly(typeof(Floor).Assembly).Run([.. arguments.UnmatchedTokens], MicroConfig.Create()).Any() ? 0 : 1);
RootCommand root = new("What the relay's hot path costs.") { CompareCommand.Create(), IdleCommand.Create(), AllocationCommand.Create(), micro, floor, plain, signalR };
return await root.Parse(args).InvokeAsync();
