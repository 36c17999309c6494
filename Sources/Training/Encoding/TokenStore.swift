// The tokens of a corpus: in memory, or in a file without a name if they are many.
// - Four bytes a token. A token that an answer or a text consists of is kept as its complement, which is below 0.

import Files
import Generation
import Glibc

/// Tokens with their sides, added once and read in any order.
struct TokenStore: Sendable {
    /// Where an example's tokens are.
    struct Place: Sendable, Equatable {
        fileprivate var chunk: Int32
        fileprivate var start: Int32
        var count: Int32
    }

    private enum Chunk: Sendable {
        case memory([TokenID])
        /// - Parameter offset: in bytes.
        case file(offset: Int)
    }

    private static let chunkTokens = 1 << 20
    private var chunks: [Chunk] = []
    private var current: [TokenID] = []
    private var memoryTokens = 0
    private let memoryLimit: Int
    private let folder: String
    private var file: NamelessFile?

    /// - Parameters:
    ///   - folder: for the file.
    ///   - memoryLimit: the most tokens in memory.
    init(folder: String, memoryLimit: Int = 1 << 26) {
        self.folder = folder
        self.memoryLimit = memoryLimit
    }

    /// - Parameter isLearned: for each token, whether it has the full weight.
    /// - Throws: `CorpusError.cannotKeep` if the file cannot be written.
    mutating func add(_ tokens: [TokenID], isLearned: (Int) -> Bool) throws(CorpusError) -> Place {
        if !current.isEmpty, current.count + tokens.count > Self.chunkTokens { try finishChunk() }
        let start = current.count
        for (index, token) in tokens.enumerated() { current.append(isLearned(index) ? ~token : token) }
        return Place(chunk: Int32(chunks.count), start: Int32(start), count: Int32(tokens.count))
    }

    /// Says that nothing more is added.
    mutating func finish() throws(CorpusError) { try finishChunk() }

    private mutating func finishChunk() throws(CorpusError) {
        defer { current = [] }
        guard memoryTokens + current.count > memoryLimit else {
            memoryTokens += current.count
            chunks.append(.memory(current))
            return
        }
        if file == nil { file = try NamelessFile(folder: folder) }
        guard let file else { return }
        chunks.append(.file(offset: try file.append(current)))
    }

    /// The tokens of an example, and which of them are learned.
    func read(_ place: Place) throws(CorpusError) -> (tokens: [TokenID], isLearned: [Bool]) {
        let range = Int(place.start)..<Int(place.start) + Int(place.count)
        let kept: [TokenID]
        switch chunks[Int(place.chunk)] {
        case .memory(let tokens): kept = Array(tokens[range])
        case .file(let offset):
            guard let file else { return ([], []) }
            kept = try file.read(at: offset + range.lowerBound * MemoryLayout<TokenID>.stride, count: range.count)
        }
        return (kept.map { $0 < 0 ? ~$0 : $0 }, kept.map { $0 < 0 })
    }
}

/// A file that is gone when it is closed. Written by one thread, then read by any.
private final class NamelessFile: Sendable {
    private let descriptor: CInt
    private let folder: String

    init(folder: String) throws(CorpusError) {
        self.folder = folder
        var name = Array("\(folder)/.copydesk-tokens-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw .cannotKeep(folder: folder, reason: String(cString: strerror(errno))) }
        unlink(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// - Returns: where the tokens begin, in bytes.
    func append(_ tokens: [TokenID]) throws(CorpusError) -> Int {
        let offset = Int(lseek(descriptor, 0, SEEK_END))
        let code = tokens.withUnsafeBytes { Descriptor.write($0, to: descriptor) }
        guard offset >= 0, code == 0 else {
            throw .cannotKeep(folder: folder, reason: String(cString: strerror(code == 0 ? EIO : code)))
        }
        return offset
    }

    func read(at offset: Int, count: Int) throws(CorpusError) -> [TokenID] {
        var tokens = [TokenID](repeating: 0, count: count)
        var filled = 0
        while filled < count * MemoryLayout<TokenID>.stride {
            let result = tokens.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled, offset + filled)
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else {
                throw .cannotKeep(folder: folder, reason: String(cString: strerror(result == 0 ? EIO : errno)))
            }
            filled += result
        }
        return tokens
    }
}
