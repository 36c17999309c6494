// A command is read alone; what is said about it is said as below the whole program.

import Testing

@Suite struct `The words of the command line` {
    @Test(arguments: [
        (["generate", "--nothing"], "Usage: copydesk generate ", "See 'copydesk generate --help'"),
        (["models", "list", "--nothing"], "Usage: copydesk models list ", "See 'copydesk models list --help'"),
        (["models", "list", "extra"], "Unexpected argument 'extra'", "See 'copydesk models list --help'"),
        (["endpoints", "add", "x"], "Missing expected argument '<url>'", "Usage: copydesk endpoints add "),
    ])
    func `a mistake is told with the whole name of the command`(
        words: [String], first: String, second: String
    ) throws {
        let run = try Home().run(words)
        #expect(run.status == 2 && run.output.isEmpty)
        #expect(run.error.contains(first) && run.error.contains(second), "\(run.error)")
    }

    @Test(arguments: [
        (["generate", "--help"], "USAGE: copydesk generate "),
        (["help", "generate"], "USAGE: copydesk generate "),
        (["models", "list", "-h"], "USAGE: copydesk models list "),
        (["keys", "--generate-completion-script", "bash"], "_copydesk"),
    ])
    func `help and completions are those of the whole program`(words: [String], expected: String) throws {
        let run = try Home().run(words)
        #expect(run.status == 0 && run.error.isEmpty)
        #expect(run.output.contains(expected), "\(run.output)")
    }

    @Test func `the version is told behind any command`() throws {
        let version = try Home().run("--version")
        #expect(version.status == 0 && !version.output.isEmpty)
        #expect(try Home().run("generate", "--version").output == version.output)
        #expect(try Home().run("models", "list", "--version").output == version.output)
    }
}
