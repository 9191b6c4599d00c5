using System.CommandLine;
using System.Globalization;
using System.Net;
using DistributedTrainer.Actors;

namespace DistributedTrainer.Cli;

/// <summary><c>dtrain certs create</c>: makes the certificates of a cluster that lets nobody else in.</summary>
internal static class CertsCommand
{
    private const int NodeDays = 365;
    private const int AuthorityDays = 3650;

    public static Command Create() => new("certs", "Makes the certificates of a cluster with mutual TLS.") { CreateCreate() };

    private static Command CreateCreate()
    {
        var folder = new Option<string>("--out") { Description = "The folder. Where it holds an authority already, that one signs.", HelpName = "folder", Required = true };
        var names = new Option<string>("--names")
        {
            Description = "What each node is called by (its CLUSTER_IP), and each client: node-1,10.0.0.2,client. A '+' gives one certificate several: node-1+10.0.0.1",
            HelpName = "name,…",
            Required = true,
        };
        var days = new WholeNumberOption("--days", $"How long they are valid; the authority is for {AuthorityDays}. Default: {NodeDays}", 1, AuthorityDays);
        var command = new Command("create", "Makes an authority and a certificate for each name; overwrites nothing.") { folder, names, days };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(folder), parsed.GetRequiredValue(names), parsed.GetValue(days) ?? NodeDays));
        return command;
    }

    private static int Run(string folder, string names, int days)
    {
        var files = new CertificateFolder(folder).Create(Parse(names), days, AuthorityDays, TimeProvider.System.GetUtcNow());
        foreach (var file in files)
            Console.Out.WriteLine(file);
        Console.Error.WriteLine(
            $"Give each machine {CertificateFiles.Authority}{CertificateFiles.Certificate} and the two files of its own name, and keep {CertificateFiles.Authority}{CertificateFiles.Key} apart: whoever has it can join.");
        return ExitCode.Done;
    }

    private static List<string[]> Parse(string text)
    {
        var nodes = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(node => node.Split('+', StringSplitOptions.TrimEntries)).ToList();
        if (nodes.Count == 0)
            throw new CommandException($"--names is '{text}'; allowed are host names and addresses with commas between them", ExitCode.WrongInput);
        if (nodes.SelectMany(node => node).FirstOrDefault(name => !IsName(name)) is { } wrong)
            throw new CommandException($"--names has '{wrong}'; allowed are host names (letters, digits, '-' and '.') and addresses", ExitCode.WrongInput);
        if (nodes.Select(node => node[0]).FirstOrDefault(name => name == CertificateFiles.Authority) is { } authority)
            throw new CommandException($"--names has '{authority}', which is the authority's own name; choose another", ExitCode.WrongInput);
        if (nodes.GroupBy(node => node[0]).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--names has '{twice.Key}' {twice.Count()} times; each certificate needs a name of its own"), ExitCode.WrongInput);
        return nodes;
    }

    private static bool IsName(string name) => IPAddress.TryParse(name, out _)
        || (Uri.CheckHostName(name) == UriHostNameType.Dns && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.'));
}
