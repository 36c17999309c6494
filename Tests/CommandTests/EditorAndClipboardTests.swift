// The user's own programs: the editor as git runs it, and the clipboard by whichever program takes the text.

import Foundation
import Terminal
import Testing

@testable import copydesk

/// A folder with programs of the test's own, removed with it.
private final class Programs {
    let home: Home

    init() throws { home = try Home() }

    func add(_ script: String, as name: String) throws {
        try home.write("#!/bin/sh\n\(script)\n", to: name)
        chmod(home.path(name), 0o755)
    }

    var path: String { home.folder.path }
}

@Suite struct `The editor of the environment` {
    private func arguments(_ environment: [String: String]) -> [String] {
        EditorCommand(environment: environment.merging(["TERM": "xterm"]) { first, _ in first })
            .arguments(editing: "/tmp/a b.md")
    }

    @Test func `is VISUAL, then EDITOR, then one that is usually there`() throws {
        #expect(arguments(["VISUAL": "ed", "EDITOR": "vi"]) == ["ed", "/tmp/a b.md"])
        #expect(arguments(["VISUAL": " ", "EDITOR": "vi"]) == ["vi", "/tmp/a b.md"])
        #expect(arguments(["VISUAL": "ed", "EDITOR": "vi", "TERM": "dumb"]) == ["vi", "/tmp/a b.md"])
        #expect(arguments(["PATH": "/none"]) == ["vi", "/tmp/a b.md"])
        let programs = try Programs()
        try programs.add("", as: "nano")
        #expect(arguments(["PATH": "/none:\(programs.path)"]) == ["nano", "/tmp/a b.md"])
    }

    @Test func `is read by the shell, so that quotes and arguments mean what they mean to git`() throws {
        let programs = try Programs()
        try programs.add(#"printf '%s|' "$@" > "\#(programs.path)/seen""#, as: "my editor")
        let file = programs.home.path("a 'b' $c.md")
        for (command, seen) in [
            ("'\(programs.path)/my editor' -n \"two words\"", "-n|two words|\(file)|"),
            ("\(programs.path)/my\\ editor", "\(file)|"),
            // The path of a program is taken as it is, even if it has a blank.
            ("\(programs.path)/my editor", "\(file)|"),
            ("X='a  b'; '\(programs.path)/my editor' \"$X\"", "a  b|\(file)|"),
        ] {
            let editor = EditorCommand(environment: ["EDITOR": command, "TERM": "xterm"])
            #expect(ForegroundProgram.run(editor.arguments(editing: file)) == .success(0), "\(command)")
            #expect(try String(contentsOfFile: programs.home.path("seen"), encoding: .utf8) == seen, "\(command)")
        }
    }

    @Test func `that ends at once and changes nothing may have a window of its own`() throws {
        let editor = EditorCommand(environment: ["EDITOR": "code", "TERM": "xterm"])
        let path = try EditorFiles.make("as it was")
        defer { EditorFiles.remove(path) }
        func outcome(_ status: Int32, after seconds: Double) -> ExternalEditor.Outcome {
            ExternalEditor.outcome(of: editor, .success(status), seconds: seconds, path, holding: "as it was")
        }
        #expect(outcome(0, after: 0.1) == .returnedAtOnce)
        #expect(outcome(0, after: 30) == .edited(nil))
        try Data("by hand\r\n".utf8).write(to: URL(filePath: path))
        #expect(outcome(0, after: 0.1) == .edited("by hand"))
        try Data("by\0hand".utf8).write(to: URL(filePath: path))
        guard case .failed(nil, let sentence) = outcome(0, after: 30) else {
            return #expect(Bool(false), "not refused")
        }
        #expect(sentence.contains("line 1, column 3 (byte 3)") && sentence.hasSuffix("The draft stays as it was."))
    }

    @Test func `that the shell cannot find was not run`() throws {
        let path = try EditorFiles.make("as it was")
        defer { EditorFiles.remove(path) }
        let editor = EditorCommand(environment: ["EDITOR": "no-such-editor --wait", "TERM": "xterm"])
        let result = ForegroundProgram.run(["/bin/sh", "-c", "no-such-editor --wait 2>/dev/null"])
        let outcome = ExternalEditor.outcome(of: editor, result, seconds: 0.1, path, holding: "as it was")
        #expect(
            outcome
                == .notRun(
                    sentence: "'no-such-editor --wait' cannot be run: the shell finds no such program. "
                        + "Set EDITOR to an editor that is installed, or edit here with e."))
    }
}

@Suite struct `The clipboard of the environment` {
    /// A program that keeps what it gets, and then ends with a status.
    private func keeping(_ programs: Programs, _ name: String, status: Int = 0) throws {
        try programs.add(
            "cat > \"\(programs.path)/\(name).got\"; echo \"$@\" > \"\(programs.path)/\(name).arguments\"; exit \(status)",
            as: name)
    }

    private func got(_ programs: Programs, _ name: String) -> String? {
        try? String(contentsOfFile: programs.home.path("\(name).got"), encoding: .utf8)
    }

    private func environment(_ programs: Programs, _ more: [String: String]) -> [String: String] {
        more.merging(["PATH": "\(programs.path):/usr/bin:/bin"]) { $1 }
    }

    @Test(arguments: [
        (["WAYLAND_DISPLAY": "w", "DISPLAY": ":0", "TMUX": "t"], "wl-copy"), (["DISPLAY": ":0", "TMUX": "t"], "xclip"),
        (["TMUX": "t"], "pbcopy"),
    ])
    func `is given to the first program that has what it needs`(variables: [String: String], name: String) throws {
        let programs = try Programs()
        for program in ["wl-copy", "xclip", "xsel", "pbcopy", "tmux"] { try keeping(programs, program) }
        #expect(Clipboard.copy("灯\nlamp", environment: environment(programs, variables)) == name)
        #expect(got(programs, name) == "灯\nlamp")
        for other in ["wl-copy", "xclip", "xsel", "pbcopy", "tmux"] where other != name {
            #expect(got(programs, other) == nil)
        }
    }

    @Test func `passes over programs that fail, and that are not there`() throws {
        let programs = try Programs()
        try keeping(programs, "wl-copy", status: 1)
        try keeping(programs, "xsel")
        let both = environment(programs, ["WAYLAND_DISPLAY": "w", "DISPLAY": ":0"])
        #expect(Clipboard.copy("text", environment: both) == "xsel")
        #expect(got(programs, "xsel") == "text")
        #expect(Clipboard.copy("text", environment: environment(programs, ["WAYLAND_DISPLAY": "w"])) == nil)
        #expect(Clipboard.copy("text", environment: ["PATH": "/none"]) == nil)
    }

    @Test func `of tmux is tried with the terminal's clipboard first`() throws {
        let programs = try Programs()
        try programs.add(
            "cat > \"\(programs.path)/tmux.got\"; test \"$2\" != -w", as: "tmux")
        #expect(Clipboard.copy("text", environment: environment(programs, ["TMUX": "t"])) == "tmux")
        #expect(got(programs, "tmux") == "text")
        #expect(
            Clipboard.ways(in: ["TMUX": "t"]).map(\.command) == [
                ["pbcopy"], ["tmux", "load-buffer", "-w", "-"], ["tmux", "load-buffer", "-"],
            ])
    }

    @Test func `takes a text that a program does not read`() throws {
        let programs = try Programs()
        try programs.add("exit 0", as: "xclip")
        let text = String(repeating: "x", count: 1 << 20)
        #expect(Clipboard.copy(text, environment: environment(programs, ["DISPLAY": ":0"])) == "xclip")
    }
}
