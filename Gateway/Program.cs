using OrleansRelay.Gateway.Standalone;

return await StandaloneGateway.RunAsync(args);
