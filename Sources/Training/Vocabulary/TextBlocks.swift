// Reads files as blocks that can be cut into words apart from each other.
// - A block ends where a word ends whatever follows, and never inside a special token; a block of rows ends with a line.
// - The blocks depend on the files alone, not on who asks for them or when.

import Generation
import Glibc
import Inference

/// What a file holds.
enum TextForm: Sendable {
    /// Text; each line is cut into words apart.
    case text
    /// JSON Lines.
    case rows

    init(ofFile path: String) {
        let name = path.lowercased()
        self = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") ? .rows : .text
    }
}

/// A part of a file.
struct TextBlock: Sendable {
    var bytes: [UInt8]
    var form: TextForm
    var path: String
    /// The number of the block's first line in the file, from 1.
    var line: Int
    /// The number of the block, over all files, from 0.
    var number: Int
}

/// Reads files one after another.
struct TextBlocks: Sendable {
    /// The bytes that a block has if a place to end it comes soon.
    var blockBytes = 1 << 20
    /// A block is never longer.
    var mostBytes = 1 << 30

    private let paths: [String]
    private let specials: SpecialTexts
    private let stopSignal: StopSignal
    private var fileIndex = -1
    private var file: OpenFile?
    private var rest: [UInt8] = []
    private var line = 1
    private var number = 0
    /// Bytes that were read so far.
    private(set) var readBytes = 0

    /// - Parameter stopSignal: ends the reading, even while a pipe is silent.
    init(_ paths: [String], specials: SpecialTexts, stopSignal: StopSignal) {
        self.paths = paths
        self.specials = specials
        self.stopSignal = stopSignal
    }

    /// The next block; nil at the end of the last file, and after the stop signal.
    /// - Throws: `VocabularyError`.
    mutating func next() throws(VocabularyError) -> TextBlock? {
        while !stopSignal.isRaised {
            if file == nil {
                guard fileIndex + 1 < paths.count else { return nil }
                fileIndex += 1
                file = try OpenFile(paths[fileIndex])
                line = 1
            }
            if let block = try nextOfFile() { return block }
            file = nil
        }
        return nil
    }

    private mutating func nextOfFile() throws(VocabularyError) -> TextBlock? {
        guard let file else { return nil }
        var target = blockBytes
        while true {
            let missing = target + specials.longest - rest.count
            if missing > 0 {
                let before = rest.count
                try file.read(missing, into: &rest, stopSignal: stopSignal)
                if stopSignal.isRaised { return nil }
                readBytes += rest.count - before
            }
            if !file.isAtEnd || rest.count > target + specials.longest {
                if let end = end(in: target, form: file.form) { return block(upTo: end, of: file) }
            } else {
                return rest.isEmpty ? nil : block(upTo: rest.count, of: file)
            }
            guard target < mostBytes else { throw .tooLong(path: file.path, line: line, mostBytes: mostBytes) }
            target = min(target * 2, mostBytes)
        }
    }

    /// The end of a block among the first `target` bytes.
    private func end(in target: Int, form: TextForm) -> Int? {
        switch form {
        case .rows: return rest[..<target].lastIndex(of: 0x0A).map { $0 + 1 }
        case .text:
            guard let end = ByteLevelWords.lastBreak(in: rest, 0..<target, byLines: true) else { return nil }
            // Text before and after a special token is cut apart, too, so a block may begin with one.
            let outside = specials.placeOutside(rest, before: end, from: 0)
            return outside > 0 ? outside : nil
        }
    }

    private mutating func block(upTo end: Int, of file: OpenFile) -> TextBlock {
        let bytes = end == rest.count ? rest : Array(rest[..<end])
        rest = end == rest.count ? [] : Array(rest[end...])
        defer {
            line += bytes.count { $0 == 0x0A }
            number += 1
        }
        return TextBlock(bytes: bytes, form: file.form, path: file.path, line: line, number: number)
    }
}

/// A file that is read from its beginning.
private final class OpenFile: @unchecked Sendable {
    // The reader that owns it is used by one thread at a time.
    let path: String
    let form: TextForm
    private let descriptor: CInt
    private(set) var isAtEnd = false
    private var isAtBeginning = true

    init(_ path: String) throws(VocabularyError) {
        self.path = path
        form = TextForm(ofFile: path)
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        var facts = stat()
        if fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { throw .isFolder(path: path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends `count` bytes, or all that are left.
    func read(_ count: Int, into bytes: inout [UInt8], stopSignal: StopSignal) throws(VocabularyError) {
        var piece = [UInt8](repeating: 0, count: min(count, 1 << 20))
        var missing = count
        while missing > 0, !isAtEnd {
            guard hasSomething(before: stopSignal) else { return }
            let result = piece.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, min(missing, $0.count))
            }
            if result < 0, errno == EINTR || errno == EAGAIN { continue }
            guard result >= 0 else { throw .unreadable(path: path, code: errno) }
            if result == 0 { isAtEnd = true }
            bytes += piece[..<result]
            missing -= result
        }
        guard isAtBeginning else { return }
        isAtBeginning = false
        if let form = Self.otherForm(bytes) { throw .notText(path: path, form: form) }
    }

    /// Waits until a pipe has bytes or an end; false if the stop signal is raised before.
    private func hasSomething(before stopSignal: StopSignal) -> Bool {
        while !stopSignal.isRaised {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let result = poll(&waiting, 1, 100)
            if result > 0 || result < 0 && errno != EINTR { return true }
        }
        return false
    }

    /// What a file is that begins with these bytes, if that is surely no text.
    private static func otherForm(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        if bytes.starts(with: [0x1F, 0x8B]) { return "packed (gzip)" }
        if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return "packed (xz)" }
        if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return "packed (zstd)" }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return "packed (ZIP)" }
        return nil
    }
}
