using DistributedTrainer.Cli;

return await CommandLine.RunAsync(args);
