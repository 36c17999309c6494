// The files in which unsent text waits: written whole and private, taken over from the dead, never from the living.

import Foundation
import Studio
import Synchronization
import Testing

@testable import copydesk

// The tests of this folder have a StudioSession of their own, in a terminal.
private typealias Session = Studio.StudioSession

/// A data folder with a store's name in it, and studios that come and go.
private final class DataFolder {
    let home: Home
    let path: String

    init() throws {
        home = try Home()
        path = home.path("data")
        try home.write("", to: "data/copydesk.db")
    }

    func keeper(store: String = "copydesk.db") -> SessionKeeper {
        SessionKeeper(folder: SessionFolder(path: path, storePath: "\(path)/\(store)"))
    }

    /// A studio that types and dies.
    fileprivate func leave(_ session: Session, store: String = "copydesk.db") {
        let keeper = keeper(store: store)
        keeper.save(session) { _ in }
        keeper.flush()
    }

    func write(_ text: String, to name: String) throws { try home.write(text, to: "data/\(name)") }

    var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != "copydesk.db" }.sorted()
        }
    }
}

/// The messages that a studio gets at its start.
private func restored(
    _ keeper: SessionKeeper, isInStore: @escaping @Sendable (Session.OpenEdit) -> Bool = { _ in false }
) -> (session: Session?, notices: [String]) {
    let messages = Messages()
    keeper.restore(isInStore: isInStore) { messages.add($0) }
    keeper.flush()
    let sessions = messages.all.compactMap { if case .sessionRestored(let session, _) = $0 { session } else { nil } }
    let notices = messages.all.flatMap { message -> [String] in
        switch message {
        case .sessionRestored(_, let problems): problems
        case .notice(let text, _): [text]
        default: []
        }
    }
    return (sessions.first, notices)
}

private final class Messages: Sendable {
    private let messages = Mutex<[StudioMessage]>([])
    func add(_ message: StudioMessage) { messages.withLock { $0.append(message) } }
    var all: [StudioMessage] { messages.withLock { $0 } }
}

private func typed(_ text: String) -> Session {
    Session(formKey: "", values: ["": ["prompt": text]])
}

private func mode(_ path: String) throws -> Int {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
}

@Suite struct `Session files` {
    @Test func `what a dead studio typed is restored, and its files are gone`() throws {
        let folder = try DataFolder()
        folder.leave(typed("a thought"))
        let keeper = folder.keeper()
        #expect(restored(keeper).session?.values == ["": ["prompt": "a thought"]])
        #expect(try folder.names == ["session-\(keeper.id).json", "session-\(keeper.id).lock"])
    }

    @Test func `a living studio keeps its session to itself`() throws {
        let folder = try DataFolder()
        let living = folder.keeper()
        living.save(typed("mine")) { _ in }
        living.flush()
        folder.leave(typed("left behind"))
        #expect(restored(folder.keeper()).session?.values == ["": ["prompt": "left behind"]])
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/session-\(living.id).json"))
        #expect(living.finish() == nil)
    }

    @Test func `two studios that died at the same template both come back`() throws {
        let folder = try DataFolder()
        folder.leave(typed("first"))
        folder.leave(typed("second"))
        let session = try #require(restored(folder.keeper()).session)
        #expect(session.values == ["": ["prompt": "second"]])
        #expect(session.kept == [.loose("first")])
    }

    @Test func `nothing is removed before it is written elsewhere`() throws {
        let folder = try DataFolder()
        folder.leave(typed("a thought"))
        let keeper = folder.keeper()
        // A folder that has the file's name stands for a disk that takes nothing.
        let obstacle = "\(folder.path)/session-\(keeper.id).json"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
        let session = try #require(restored(keeper).session)
        #expect(session.values == ["": ["prompt": "a thought"]])
        #expect(try folder.names.count { $0.hasSuffix(".json") && !$0.contains(keeper.id) } == 1)
        let messages = Messages()
        keeper.save(session) { messages.add($0) }
        keeper.flush()
        guard case .sessionNotSaved(let sentence) = messages.all.first else {
            Issue.record("the failure was not told")
            return
        }
        #expect(sentence.contains("session-\(keeper.id).json cannot be written: "))
        #expect(keeper.finish() == sentence)
        try FileManager.default.removeItem(atPath: obstacle)
        keeper.save(session) { messages.add($0) }
        keeper.flush()
        #expect(messages.all.last == .sessionSaved)
        #expect(try folder.names == ["session-\(keeper.id).json", "session-\(keeper.id).lock"])
    }

    @Test func `the one session of earlier versions is taken over`() throws {
        let folder = try DataFolder()
        try folder.write(
            #"{"formKey":"","values":{"":{"prompt":"from earlier"}},"freePromptIsRaw":true,"#
                + #""openEdit":{"draftId":3,"generationId":1,"text":"an edit"}}"#, to: "session.json")
        let session = try #require(restored(folder.keeper()).session)
        #expect(session.values == ["": ["prompt": "from earlier"]] && session.freePromptIsRaw)
        #expect(session.openEdit == .init(draftId: 3, generationId: 1, text: "an edit"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/session.json"))
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"values": 3}"#, "\u{0}\u{1}", "<?xml?>"])
    func `a file that is not a session is set aside with a sentence`(content: String) throws {
        let folder = try DataFolder()
        try folder.write(content, to: "session-abc.json")
        folder.leave(typed("a thought"))
        let (session, notices) = restored(folder.keeper())
        #expect(session?.values == ["": ["prompt": "a thought"]])
        let place = "\(folder.path)/session-abc.damaged"
        #expect(
            notices == [
                "A file with unsent text cannot be read and was set aside as \(place). "
                    + "Look into it with a text editor."
            ])
        #expect(try String(contentsOfFile: place, encoding: .utf8) == content)
    }

    @Test(arguments: [true, false])
    func `several damaged files get one sentence with their number and names`(hasSession: Bool) throws {
        let folder = try DataFolder()
        for id in ["abc", "def"] { try folder.write("{", to: "session-\(id).json") }
        if hasSession { folder.leave(typed("a thought")) }
        let (session, notices) = restored(folder.keeper())
        #expect((session != nil) == hasSession)
        #expect(
            notices == [
                "2 files with unsent text cannot be read and were set aside in \(folder.path) as "
                    + "session-abc.damaged, session-def.damaged. Look into them with a text editor."
            ])
    }

    @Test func `links, pipes and folders with a session's name harm nothing`() throws {
        let folder = try DataFolder()
        try folder.home.write(#"{"values":{"":{"prompt":"not ours"}}}"#, to: "elsewhere.json")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/session-link.json", withDestinationPath: folder.home.path("elsewhere.json"))
        try #require(mkfifo("\(folder.path)/session-pipe.json", 0o600) == 0)
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/session-folder.json", withIntermediateDirectories: false)
        folder.leave(typed("a thought"))
        let (session, notices) = restored(folder.keeper())
        #expect(session?.values == ["": ["prompt": "a thought"]] && notices.isEmpty)
        #expect(FileManager.default.fileExists(atPath: folder.home.path("elsewhere.json")))
    }

    @Test func `what a dead studio left half written is swept up`() throws {
        let folder = try DataFolder()
        try folder.write("{\"val", to: "session-abc.tmp")
        try folder.write("", to: "session-def.lock")
        #expect(restored(folder.keeper()).session == nil)
        #expect(try folder.names == [])
    }

    @Test func `a session of another store waits for that store`() throws {
        let folder = try DataFolder()
        try folder.write("", to: "other.db")
        folder.leave(typed("for the other store"), store: "other.db")
        #expect(restored(folder.keeper()).session == nil)
        let other = folder.keeper(store: "other.db")
        #expect(restored(other).session?.values == ["": ["prompt": "for the other store"]])
        #expect(other.finish() == nil)
        try FileManager.default.removeItem(atPath: "\(folder.path)/other.db")
        #expect(restored(folder.keeper()).session?.values == ["": ["prompt": "for the other store"]])
    }

    @Test func `an edit that reached the store is not brought back`() throws {
        let folder = try DataFolder()
        folder.leave(Session(unsavedEdits: [.init(draftId: 1, generationId: 1, text: "saved")]))
        let keeper = folder.keeper()
        #expect(restored(keeper, isInStore: { $0.text == "saved" }).session?.isEmpty == true)
        #expect(keeper.finish() == nil)
        #expect(try folder.names == [])
    }

    @Test func `files are private, and a studio that leaves nothing leaves no file`() throws {
        let folder = try DataFolder()
        chmod(folder.path, 0o755)
        let keeper = folder.keeper()
        _ = restored(keeper)
        keeper.save(typed("a thought")) { _ in }
        keeper.flush()
        for name in try folder.names { #expect(try mode("\(folder.path)/\(name)") == 0o600, "\(name)") }
        #expect(try mode(folder.path) == 0o700)
        keeper.save(Session()) { _ in }
        #expect(keeper.finish() == nil)
        #expect(try folder.names == [])
    }

    @Test func `a studio that ends before it was told of restored texts leaves them for the next`() throws {
        let folder = try DataFolder()
        folder.leave(typed("a thought"))
        let keeper = folder.keeper()
        keeper.restore(isInStore: { _ in false }) { _ in }
        keeper.save(typed("typed at once")) { _ in }
        #expect(keeper.finish() == nil)
        let next = folder.keeper()
        #expect(restored(next).session?.kept == [.loose("a thought")])
        // Once told, what the studio saves is all there is.
        next.restoredWasTaken()
        next.save(Session()) { _ in }
        #expect(next.finish() == nil)
        #expect(try folder.names == [])
    }

    @Test func `of sessions saved at once the newest is written`() throws {
        let folder = try DataFolder()
        let keeper = folder.keeper()
        for number in 1...200 { keeper.save(typed("\(number)")) { _ in } }
        #expect(keeper.finish() == nil)
        #expect(restored(folder.keeper()).session?.values == ["": ["prompt": "200"]])
    }

    @Test func `what a killed editor left is offered with its path, and an untouched file goes`() throws {
        let folder = try DataFolder()
        let paths = [try EditorFiles.make("draft"), try EditorFiles.make("draft")]
        defer { paths.forEach(EditorFiles.remove) }
        for path in paths {
            #expect(try mode(path) == 0o600)
            #expect(try mode(URL(filePath: path).deletingLastPathComponent().path) == 0o700)
            folder.leave(
                Session(
                    editorFile: .init(path: path, place: .draft(draftId: 1, generationId: 1), text: "draft")))
        }
        try Data("draft, written on\n".utf8).write(to: URL(filePath: paths[0]))
        let session = try #require(restored(folder.keeper()).session)
        #expect(
            session.kept == [
                KeptText(.edit(.init(draftId: 1, generationId: 1, text: "draft, written on")), path: paths[0])
            ])
        #expect(FileManager.default.fileExists(atPath: paths[0]))
        #expect(!FileManager.default.fileExists(atPath: paths[1]))
    }

    @Test func `a file that an editor still has open waits for the next start`() throws {
        let folder = try DataFolder()
        let path = try EditorFiles.make("draft")
        defer { EditorFiles.remove(path) }
        var session = typed("a thought")
        session.editorFile = .init(path: path, place: .draft(draftId: 1, generationId: 1), text: "draft")
        folder.leave(session)
        // A program that has the file's name on its command line, and ends with its input.
        let editor = Process()
        editor.executableURL = URL(filePath: "/bin/sh")
        editor.arguments = ["-c", "echo ready; read line", path]
        let input = Pipe()
        let output = Pipe()
        editor.standardInput = input
        editor.standardOutput = output
        try editor.run()
        try #require(!output.fileHandleForReading.availableData.isEmpty)
        let first = folder.keeper()
        let (found, notices) = restored(first)
        #expect(found?.values == ["": ["prompt": "a thought"]] && found?.kept == [])
        #expect(notices == ["An editor still has \(path) open. Text that you save there is offered at the next start."])
        #expect(FileManager.default.fileExists(atPath: path))
        try Data("draft, saved late\n".utf8).write(to: URL(filePath: path))
        try input.fileHandleForWriting.close()
        editor.waitUntilExit()
        let late = try #require(restored(folder.keeper()).session)
        #expect(late.kept.map(\.path) == [path])
        #expect(late.kept.map(\.content) == [.edit(.init(draftId: 1, generationId: 1, text: "draft, saved late"))])
    }

    @Test func `the file of an editor goes when its text is kept, and stays if it was changed since`() throws {
        let folder = try DataFolder()
        let path = try EditorFiles.make("as it was")
        defer { EditorFiles.remove(path) }
        let keeper = folder.keeper()
        let messages = Messages()
        try Data("written since\n".utf8).write(to: URL(filePath: path))
        keeper.removeEditorFile(path, holding: ["as it was"]) { messages.add($0) }
        keeper.flush()
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(
            messages.all == [
                .notice("\(path) was changed since its text was read, so it stays. Look into it.", isFailure: true)
            ])
        keeper.removeEditorFile(path, holding: ["another", "written since"]) { messages.add($0) }
        keeper.flush()
        #expect(!FileManager.default.fileExists(atPath: path) && messages.all.count == 1)
    }
}
