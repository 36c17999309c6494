// Prompts that were read before, kept on disk: what their tokens left behind in every layer.
// - Keyed by the model and the tokens themselves: a file is used as far as its tokens begin the new prompt, so what
//   is written behind it is the same, bit for bit, as without it.
// - A file that is damaged, foreign or of another version is as good as none. Nothing here ever throws.
// - The folder stays below its limit: files that were not used for longest go first. Only its owner may read it,
//   as prompts are the user's.

import Dispatch
import Foundation
import Generation
import Synchronization

/// A folder of prompts' keys and values.
public final class PrefixCache: Sendable {
    public struct Limits: Sendable {
        /// Of all files together.
        public var totalBytes = 1 << 30
        /// Of one file; longer prompts are not kept.
        public var fileBytes = 256 << 20
        /// Shorter beginnings are read anew.
        public var tokens = 64
        /// What is read faster than this is not kept.
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

    /// - Parameter folder: made when the first file is kept.
    public init(folder: String, limits: Limits = Limits()) {
        self.folder = folder
        self.limits = limits
    }

    /// Waits until everything is written that was to be kept.
    public func finishWriting() { queue.sync {} }

    /// The sequence on disk that has most in common with the beginning of `tokens`, cut back to that.
    /// - Parameters:
    ///   - atHand: how many tokens need not be read anyway; a file must spare `limits.tokens` more.
    ///   - most: of how many tokens at most.
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

    /// Keeps a prompt that has just been read, unless it was quick or is there already. Returns at once.
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

    // Files of other models count too; so do those that a program left half written an hour ago.
    private func removeOldest() {
        let manager = FileManager.default
        var files: [(path: String, bytes: Int, used: Date)] = []
        for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            guard name.contains(PrefixFile.suffix), let facts = try? manager.attributesOfItem(atPath: path),
                let used = facts[.modificationDate] as? Date, let bytes = facts[.size] as? Int
            else { continue }
            if name.hasSuffix(PrefixFile.suffix) {
                files.append((path: path, bytes: bytes, used: used))
            } else if used.timeIntervalSinceNow < -3600 {
                try? manager.removeItem(atPath: path)
            }
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
