// What a file holds that can be imported: itself, or the files of an archive.

/// The documents of a file.
public struct ImportContents {
    public let files: [ImportFile]
    /// What the archive holds besides.
    public let leftOut: LeftOut

    /// Tells what a file is.
    /// - Parameters:
    ///   - file: its name, for sentences.
    ///   - userName: whom a character card talks to.
    /// - Throws: `ImportError`.
    public init(_ source: any ImportSource, file: String, userName: String = "User") throws(ImportError) {
        let whole = ByteOrigin(source: source, range: 0..<source.byteCount, packing: .none, file: file)
        let start = try source.read(at: 0, count: 8)
        if Self.isArchive(start) {
            let archive = try ZIPArchive(source, file: file)
            files = try Self.files(of: archive, userName: userName)
            var leftOut = LeftOut()
            leftOut.add(.otherFiles, archive.entries.count - files.count)
            self.leftOut = leftOut
        } else if start.starts(with: [0x1F, 0x8B]) {
            let unpacked = ByteOrigin(source: source, range: whole.range, packing: .gzip, file: file)
            files = [try ImportFile(unpacked, userName: userName)]
            leftOut = LeftOut()
        } else {
            files = [try ImportFile(whole, userName: userName)]
            leftOut = LeftOut()
        }
    }

    private static func isArchive(_ start: [UInt8]) -> Bool {
        start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6])
    }

    /// Which files of an archive are read: ChatGPT's conversations, also if they are split into several files; else the
    /// card of a character; else all that end as a chat or a card does, and are one.
    private static func files(of archive: ZIPArchive, userName: String) throws(ImportError) -> [ImportFile] {
        // A Mac adds a file of its own to each.
        let entries = archive.entries.filter { !$0.name.hasPrefix("__MACOSX/") && !$0.lastName.hasPrefix(".") }
        let conversations = entries.filter { isConversations($0.lastName) }
        let known = conversations.isEmpty ? entries.filter { $0.lastName == "card.json" } : conversations
        var files: [ImportFile] = []
        for entry in known.sorted(by: { $0.name < $1.name }) {
            files.append(try ImportFile(archive.origin(of: entry), userName: userName))
        }
        guard files.isEmpty else { return files }
        let endings = [".json", ".jsonl", ".png"]
        for entry in entries where endings.contains(where: { entry.name.lowercased().hasSuffix($0) }) {
            do throws(ImportError) {
                files.append(try ImportFile(archive.origin(of: entry), userName: userName))
            } catch {
                guard error.isAboutAnotherKind else { throw error }
            }
        }
        guard files.isEmpty else { return files }
        throw .nothingInArchive(file: archive.file, names: entries.prefix(3).map { String($0.lastName) })
    }

    /// `conversations.json`, or a part such as `conversations-003.json`.
    private static func isConversations(_ name: Substring) -> Bool {
        guard name.hasPrefix("conversations"), name.hasSuffix(".json") else { return false }
        let between = name.dropFirst("conversations".count).dropLast(".json".count)
        return between.isEmpty || (between.first == "-" && between.dropFirst().allSatisfy(\.isNumber))
    }
}
