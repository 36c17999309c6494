// The file in which the studio's choices are kept: private, shared by studios, and never the reason for a failure.

import Foundation
import Generation
import Studio
import Synchronization
import Testing

@testable import copydesk

private final class Folder {
    let home: Home
    let path: String
    let file: ChoicesFile

    init() throws {
        home = try Home()
        path = home.path("data")
        file = ChoicesFile(storePath: "\(path)/copydesk.db")
        try home.write("", to: "data/copydesk.db")
    }

    /// A studio that has started.
    func keeper() -> ChoicesKeeper {
        let keeper = ChoicesKeeper(file: file)
        _ = keeper.read()
        return keeper
    }

    func read() -> (choices: RememberedChoices, problem: String?) { ChoicesKeeper(file: file).read() }

    func write(_ text: String) throws { try home.write(text, to: "data/copydesk.studio.json") }

    var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != "copydesk.db" }.sorted()
        }
    }
}

extension ChoicesKeeper {
    /// Remembers at once, and gives the notices.
    @discardableResult
    fileprivate func write(_ choices: RememberedChoices) -> [String] {
        let notices = Notices()
        remember(choices) { notices.add($0) }
        finish()
        return notices.all
    }
}

private final class Notices: Sendable {
    private let notices = Mutex<[String]>([])
    func add(_ message: StudioMessage) {
        if case .notice(let text, _) = message { notices.withLock { $0.append(text) } }
    }
    var all: [String] { notices.withLock { $0 } }
}

private func seeded(_ template: String, _ seed: UInt64) -> RememberedChoices {
    RememberedChoices(parameters: [template: .init(seed: seed)])
}

@Suite struct `The file of choices` {
    @Test func `is beside the store, has its name, and is its owner's alone`() throws {
        let folder = try Folder()
        folder.keeper().write(.init(model: "tiny"))
        #expect(try folder.names == ["copydesk.studio.json"])
        #expect(folder.read().choices == .init(model: "tiny"))
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(ChoicesFile(storePath: "/x/drafts").path == "/x/drafts.studio.json")
    }

    @Test func `keeps what another studio chose meanwhile`() throws {
        let folder = try Folder()
        let first = folder.keeper()
        let second = folder.keeper()
        first.write(seeded("slogan", 1))
        second.write(seeded("ad", 2))
        var more = seeded("slogan", 1)
        more.model = "tiny"
        first.write(more)
        #expect(folder.read().choices.parameters.keys.sorted() == ["ad", "slogan"])
        #expect(folder.read().choices.model == "tiny")
    }

    @Test func `loses nothing if many studios write at once`() async throws {
        let folder = try Folder()
        let keepers = (0..<8).map { _ in folder.keeper() }
        await withTaskGroup(of: Void.self) { group in
            for (index, keeper) in keepers.enumerated() {
                group.addTask {
                    for seed in 1...5 { keeper.write(seeded("template \(index)", UInt64(seed))) }
                }
            }
        }
        let found = folder.read().choices.parameters
        #expect(found == Dictionary(uniqueKeysWithValues: (0..<8).map { ("template \($0)", .init(seed: 5)) }))
        #expect(try folder.names == ["copydesk.studio.json"])
    }

    @Test func `that was removed is not brought back by what it held`() throws {
        let folder = try Folder()
        folder.keeper().write(seeded("ad", 2))
        let keeper = folder.keeper()
        try FileManager.default.removeItem(atPath: folder.file.path)
        var choices = seeded("ad", 2)
        choices.model = "tiny"
        keeper.write(choices)
        #expect(folder.read().choices == .init(model: "tiny"))
    }

    @Test func `has the export folder from the root`() throws {
        let folder = try Folder()
        let keeper = folder.keeper()
        keeper.write(.init(export: .init(folder: "out", format: .html)))
        let working = FileManager.default.currentDirectoryPath
        #expect(folder.read().choices.export == .init(folder: "\(working)/out", format: .html))
        keeper.write(.init(export: .init(folder: "~/drafts", format: .html)))
        #expect(folder.read().choices.export?.folder == "~/drafts")
    }

    @Test(arguments: ["", "{\"model\":", "[]", "\u{0}\u{1}", "model: tiny"])
    func `that is broken is set aside, and the next one is written`(text: String) throws {
        let folder = try Folder()
        for place in ["copydesk.studio.damaged", "copydesk.studio-2.damaged"] {
            try folder.write(text)
            let keeper = ChoicesKeeper(file: folder.file)
            let (choices, problem) = keeper.read()
            #expect(choices == .init())
            #expect(
                problem
                    == "The file of your choices in the studio (model, parameters, export) cannot be read and was set "
                    + "aside as \(folder.path)/\(place). Choose again, or correct it and name it copydesk.studio.json "
                    + "again.")
            #expect(try String(contentsOfFile: "\(folder.path)/\(place)", encoding: .utf8) == text)
            #expect(keeper.write(.init(model: "tiny")).isEmpty)
            #expect(folder.read().choices.model == "tiny")
        }
    }

    @Test func `that breaks while the studio runs is set aside and written anew`() throws {
        let folder = try Folder()
        folder.keeper().write(seeded("ad", 2))
        let keeper = folder.keeper()
        try folder.write("{")
        var choices = seeded("ad", 2)
        choices.model = "tiny"
        keeper.write(choices)
        #expect(folder.read().choices == choices)
        #expect(try folder.names == ["copydesk.studio.damaged", "copydesk.studio.json"])
    }

    @Test func `of a later version stays as it is, and the studio says so once`() throws {
        let folder = try Folder()
        let text = #"{"format": 2, "model": ["tiny"]}"#
        try folder.write(text)
        let keeper = ChoicesKeeper(file: folder.file)
        #expect(
            keeper.read().problem
                == "\(folder.file.path) was written by a later version of copydesk (format 2, and this one reads 1), so "
                + "choices in the studio are not remembered. Use that version, or move the file away.")
        #expect(keeper.write(.init(model: "other")).isEmpty)
        #expect(try String(contentsOfFile: folder.file.path, encoding: .utf8) == text)
    }

    @Test func `that is a link or a folder is left alone`() throws {
        let folder = try Folder()
        let sentence =
            "\(folder.file.path) is not a file of your own, so choices in the studio are not remembered. Move it away."
        try folder.home.write(#"{"model": "tiny"}"#, to: "elsewhere.json")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file.path, withDestinationPath: folder.home.path("elsewhere.json"))
        #expect(folder.read().problem == sentence)
        folder.keeper().write(.init(model: "other"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file.path).hasSuffix("elsewhere.json"))
        try FileManager.default.removeItem(atPath: folder.file.path)
        try FileManager.default.createDirectory(atPath: folder.file.path, withIntermediateDirectories: false)
        #expect(folder.read().problem == sentence)
    }

    @Test func `that cannot be written is told of once, and written when it can be`() throws {
        let folder = try Folder()
        let keeper = folder.keeper()
        // A folder that has the file's name stands for a disk that takes nothing.
        try FileManager.default.createDirectory(atPath: folder.file.path, withIntermediateDirectories: false)
        let notices = keeper.write(.init(model: "tiny"))
        #expect(notices.count == 1)
        #expect(notices.first?.hasPrefix("Your choices are not remembered for the next start: ") == true)
        #expect(keeper.write(.init(model: "small")).isEmpty)
        try FileManager.default.removeItem(atPath: folder.file.path)
        keeper.finish()
        #expect(folder.read().choices.model == "small")
    }

    @Test func `is named by doctor, which changes nothing`() throws {
        let folder = try Folder()
        #expect(
            try folder.home.run("doctor").output
                .contains(
                    "✓ choices: none yet; the studio remembers model, parameters and export in \(folder.file.path)"))
        folder.keeper().write(.init(model: "tiny", parameters: seeded("ad", 1).parameters))
        #expect(
            try folder.home.run("doctor").output
                .contains("✓ choices: \(folder.file.path), model tiny, parameters of 1 template\n"))
        try folder.write("{")
        let doctor = try folder.home.run("doctor")
        #expect(doctor.status == 1)
        #expect(doctor.output.contains("✗ choices: \(folder.file.path) is not valid JSON."))
        #expect(try folder.names.contains("copydesk.studio.json"))
    }
}
