// Keys and values of earlier prompts, kept on disk.
// - Keyed by the model and the tokens. If a file's tokens begin the new prompt, that part is reused, and the text after
//   it is the same, bit for bit, as without the file.
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

    private struct Entry: Sendable {
        let path: String
        let tokens: [TokenID]
    }

    let limits: Limits
    private let folder: String
    /// By the model's hash; read from the folder when a model first asks.
    private let entries = Mutex<[String: [Entry]]>([:])
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
        let best = entries(of: model).map { entry in
            (entry: entry, shared: min(zip(entry.tokens, tokens).prefix { $0 == $1 }.count, most))
        }.max { $0.shared < $1.shared }
        guard let best, best.shared >= atHand + limits.tokens else { return nil }
        guard let saved = PrefixFile.read(best.entry.path, model: model, transformer: transformer),
            saved.tokens == best.entry.tokens, let cache = transformer.makeCache(saved)
        else {
            forget(best.entry, model: model)
            return nil
        }
        utimes(best.entry.path, nil)
        cache.truncate(to: best.shared)
        return cache
    }

    /// Keeps a prompt that was just read, unless reading it was quick or the folder has it. Returns at once.
    func keep(_ cache: KVCache, seconds: Double, model: String) {
        guard seconds >= limits.seconds, cache.count >= limits.tokens, let saved = cache.saved(),
            !entries(of: model).contains(where: { $0.tokens.starts(with: saved.tokens) })
        else { return }
        queue.async { [self] in write(saved, model: model) }
    }

    private func write(_ saved: KVCache.Saved, model: String) {
        guard PrefixFile.byteCount(saved) <= min(limits.fileBytes, limits.totalBytes) else { return }
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = "\(folder)/\(PrefixFile.name(of: saved.tokens, model: model))"
        guard PrefixFile.write(saved, model: model, to: path) else { return }
        entries.withLock { entries in
            entries[model, default: []].removeAll { $0.path == path }
            entries[model, default: []].append(Entry(path: path, tokens: saved.tokens))
        }
        removeOldest()
    }

    private func entries(of model: String) -> [Entry] {
        entries.withLock { entries in
            if let known = entries[model] { return known }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let found = names.sorted().filter { $0.hasPrefix(model + "-") && $0.hasSuffix(PrefixFile.suffix) }
                .compactMap { name -> Entry? in
                    let path = "\(folder)/\(name)"
                    return PrefixFile.readTokens(path, model: model).map { Entry(path: path, tokens: $0) }
                }
            entries[model] = found
            return found
        }
    }

    private func forget(_ entry: Entry, model: String) {
        entries.withLock { $0[model]?.removeAll { $0.path == entry.path } }
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
            entries.withLock { entries in
                for model in entries.keys { entries[model]?.removeAll { $0.path == file.path } }
            }
        }
    }
}
