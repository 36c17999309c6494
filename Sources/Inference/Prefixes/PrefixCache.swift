// Keys and values of earlier prompts, and of the last turns of conversations, kept on disk.
// - Keyed by the model and the tokens. If a file's tokens begin the new prompt, that part is reused, and the text after
//   it is the same, bit for bit, as without the file.
// - A turn of a conversation takes the place of the turn that it goes on from. A branch keeps a file of its own.
// - A damaged, foreign or outdated file is ignored. Nothing here throws.
// - The folder stays below its limit: the least recently used files are deleted first. Only the owner may read it,
//   because prompts are the user's.

import Dispatch
import Files
import Foundation
import Generation
import Synchronization

/// A folder with the keys and values of prompts.
public final class PrefixCache: Sendable {
    public struct Limits: Sendable {
        /// Limit on all files together.
        public var totalBytes = 1 << 30
        /// Limit on one file; longer prompts are not kept.
        public var fileBytes = 256 << 20
        /// Shorter prefixes are not reused.
        public var tokens = 64
        /// Prompts that take less time to read are not kept.
        public var seconds = 0.05

        public init() {}
    }

    /// The place of a sequence in a conversation.
    struct Turn: Sendable, Equatable {
        /// FNV-1a of the conversation's uuid.
        let conversationHash: String
        /// How many tokens the turn's prompt has; those of the answer follow.
        let promptCount: Int

        init(conversation: String, promptCount: Int) {
            self.init(conversationHash: FNV1a(conversation.utf8).hexadecimal, promptCount: promptCount)
        }

        init(conversationHash: String, promptCount: Int) {
            self.conversationHash = conversationHash
            self.promptCount = promptCount
        }
    }

    private struct Entry: Sendable {
        let path: String
        let tokens: [TokenID]
        let turn: Turn?

        /// True if a turn of the same conversation goes on from this one, or is another answer in its place. The answer
        /// does not count: models' templates often show it in another form than the one in which it was written.
        func isFollowed(by tokens: [TokenID], _ turn: Turn) -> Bool {
            guard let own = self.turn, own.conversationHash == turn.conversationHash else { return false }
            // The last token of a prompt is read again with the answer.
            return self.tokens.sharedCount(with: tokens) >= min(own.promptCount - 1, self.tokens.count)
        }
    }

    let limits: Limits
    private let folder: String
    /// The files of one model.
    private struct Listing: Sendable {
        var entries: [Entry] = []
        /// When the folder last changed, as far as the entries know it.
        var folderDate: Date?
    }

    /// By the model's hash; read from the folder when a model asks and the folder has changed.
    private let listings = Mutex<[String: Listing]>([:])
    private let queue = DispatchQueue(label: "copydesk.prefix-cache", qos: .utility)

    /// - Parameter folder: created when the first file is kept.
    public init(folder: String, limits: Limits = Limits()) {
        self.folder = folder
        self.limits = limits
    }

    /// Waits until all pending files are written.
    public func finishWriting() { queue.sync {} }

    /// The sequence on disk that shares the longest prefix with `tokens`, truncated to that prefix.
    /// - Parameters:
    ///   - atHand: how many tokens are in memory already; a file must save `limits.tokens` more.
    ///   - most: the most tokens to reuse.
    func longest(
        of tokens: [TokenID], most: Int, atHand: Int, model: String, transformer: Transformer
    ) -> KVCache? {
        let candidates = entries(of: model).map { entry in
            (entry: entry, shared: min(entry.tokens.sharedCount(with: tokens), most))
        }.filter { $0.shared >= atHand + limits.tokens }.sorted { $0.shared > $1.shared }
        for (entry, shared) in candidates {
            guard let saved = PrefixFile.read(entry.path, model: model, transformer: transformer),
                saved.tokens == entry.tokens, let cache = transformer.makeCache(saved)
            else {
                // Damaged, or another process has put a later turn in its place.
                forget([entry.path])
                continue
            }
            utimes(entry.path, nil)
            cache.truncate(to: shared)
            return cache
        }
        return nil
    }

    /// Keeps a prompt that was just read, or a turn with its answer, unless reading it is quick or the folder has it.
    /// Returns at once.
    /// - Parameters:
    ///   - seconds: how long reading all of it takes.
    ///   - turn: `nil` for a prompt that belongs to no conversation.
    func keep(_ cache: KVCache, seconds: Double, model: String, turn: Turn? = nil) {
        guard seconds >= limits.seconds, cache.count >= limits.tokens, let saved = cache.saved(),
            !entries(of: model).contains(where: { $0.tokens.starts(with: saved.tokens) })
        else { return }
        queue.async { [self] in write(saved, model: model, turn) }
    }

    private func write(_ saved: KVCache.Saved, model: String, _ turn: Turn?) {
        guard PrefixFile.byteCount(saved) <= min(limits.fileBytes, limits.totalBytes) else { return }
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = "\(folder)/\(PrefixFile.name(of: saved.tokens, model: model))"
        guard PrefixFile.write(saved, model: model, turn: turn, to: path) else { return }
        let others = entries(of: model).filter { $0.path != path }
        let followed = others.filter { other in turn.map { other.isFollowed(by: saved.tokens, $0) } ?? false }
            .map(\.path)
        forget(followed + [path])
        listings.withLock {
            $0[model, default: Listing()].entries.append(Entry(path: path, tokens: saved.tokens, turn: turn))
        }
        for path in followed { try? FileManager.default.removeItem(atPath: path) }
        removeOldest()
    }

    private func entries(of model: String) -> [Entry] {
        let manager = FileManager.default
        let folderDate = (try? manager.attributesOfItem(atPath: folder))?[.modificationDate] as? Date
        return listings.withLock { listings in
            var listing = listings[model, default: Listing()]
            if let known = listing.folderDate, known == folderDate { return listing.entries }
            let known = Dictionary(listing.entries.map { ($0.path, $0) }) { $1 }
            let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
            listing.entries = names.sorted().filter { $0.hasPrefix(model + "-") && $0.hasSuffix(PrefixFile.suffix) }
                .compactMap { name in
                    let path = "\(folder)/\(name)"
                    return known[path] ?? Self.readEntry(path, model: model)
                }
            listing.folderDate = folderDate
            listings[model] = listing
            return listing.entries
        }
    }

    private static func readEntry(_ path: String, model: String) -> Entry? {
        PrefixFile.readHead(path, model: model).map { Entry(path: path, tokens: $0.tokens, turn: $0.turn) }
    }

    private func forget(_ paths: [String]) {
        listings.withLock { listings in
            for model in listings.keys { listings[model]?.entries.removeAll { paths.contains($0.path) } }
        }
    }

    // The limit counts files of other models too. Files that a program left half written more than an hour ago are
    // deleted.
    private func removeOldest() {
        AbandonedFiles.remove(in: folder)
        let manager = FileManager.default
        var files: [(path: String, bytes: Int, used: Date)] = []
        for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            guard name.hasSuffix(PrefixFile.suffix), let facts = try? manager.attributesOfItem(atPath: path),
                let used = facts[.modificationDate] as? Date, let bytes = facts[.size] as? Int
            else { continue }
            files.append((path: path, bytes: bytes, used: used))
        }
        var total = files.reduce(0) { $0 + $1.bytes }
        for file in files.sorted(by: { ($0.used, $0.path) < ($1.used, $1.path) }) where total > limits.totalBytes {
            try? manager.removeItem(atPath: file.path)
            total -= file.bytes
            forget([file.path])
        }
    }
}
