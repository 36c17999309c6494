// The completions that `make install` puts where the shells look for them.

import Foundation
import Testing

@Suite struct `Completions of shells` {
    @Test(arguments: [
        ("bash", "complete -o filenames"), ("zsh", "#compdef copydesk"), ("fish", "complete -c 'copydesk'"),
    ])
    func `know the commands and their options`(shell: String, mark: String) throws {
        let run = try Home().run("--generate-completion-script", shell)
        #expect(run.status == 0)
        #expect(run.output.contains(mark))
        for word in ["batch", "generate", "prompt-file", "where"] { #expect(run.output.contains(word), "\(word)") }
    }

    @Test func `are a script that bash can read`() throws {
        let home = try Home()
        try home.write(try home.run("--generate-completion-script", "bash").output, to: "copydesk.bash")
        let check = try home.run(["-n", "copydesk.bash"], program: URL(filePath: "/bin/bash"))
        #expect(check.status == 0 && check.error.isEmpty, "\(check.error)")
    }
}
