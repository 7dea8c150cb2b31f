using OrleansRelay.Silo.Hosting;

return await SiloProgram.RunAsync(args);
