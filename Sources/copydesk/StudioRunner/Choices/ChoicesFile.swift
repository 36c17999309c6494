// The file of the choices that a person made in the studio: `copydesk.studio.json` beside `copydesk.db`.
// - It has the store's name, because it names a generation of that store.
// - It is written in one step, with mode 0600, by the holder of `copydesk.studio.lock`.
// - A file that cannot be understood is set aside as `copydesk.studio.damaged`, never deleted.
// - A file of a later version, a link, or a file of another user is neither read nor written.

import Files
import Foundation
import Studio

struct ChoicesFile: Sendable {
    let path: String
    private let base: String

    /// The path without its folder.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    private static let largestBytes = 1 << 24

    /// - Parameter storePath: from the root.
    init(storePath: String) {
        base = (storePath.hasSuffix(".db") ? String(storePath.dropLast(3)) : storePath) + ".studio"
        path = base + ".json"
    }

    enum Content: Sendable {
        case missing
        case choices(RememberedChoices)
        /// It is no JSON object, or too large.
        case broken
        /// It has to stay as it is; the sentence says why.
        case untouchable(sentence: String)
    }

    func read() -> Content {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            return errno == ENOENT ? .missing : .untouchable(sentence: "\(path) cannot be read: \(errorText(errno)).")
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == getuid() else {
            return .untouchable(
                sentence:
                    "\(path) is not a file of your own, so choices in the studio are not remembered. Move it away.")
        }
        guard status.st_size <= Self.largestBytes else { return .broken }
        guard let found = PrivateFile.read(path, atMost: Self.largestBytes) else {
            return .untouchable(
                sentence:
                    "\(path) cannot be read, so choices in the studio are not remembered. Check that you may read it.")
        }
        do {
            return .choices(try JSONDecoder().decode(RememberedChoices.self, from: found.data))
        } catch let newer as NewerChoices {
            return .untouchable(
                sentence:
                    "\(path) was written by a later version of copydesk (format \(newer.format), and this one reads "
                    + "\(RememberedChoices.format)), so choices in the studio are not remembered. Use that version, or "
                    + "move the file away.")
        } catch {
            return .broken
        }
    }

    /// - Throws: `FileError`; the file is then as it was before.
    func write(_ choices: RememberedChoices) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try PrivateFile.replace(path, with: try encoder.encode(choices) + Data("\n".utf8))
    }

    /// Moves a broken file out of the way.
    /// - Returns: its new path; `nil` if it could not be moved.
    func setAside() -> String? {
        for number in 1...1000 {
            let place = number == 1 ? "\(base).damaged" : "\(base)-\(number).damaged"
            var status = stat()
            // Earlier ones stay.
            if lstat(place, &status) == 0 { continue }
            return rename(path, place) == 0 ? place : nil
        }
        return nil
    }

    /// Does something while no other studio reads or writes the file.
    ///
    /// A studio holds the lock for a moment only. If one is stopped meanwhile, this one goes on after a while: it is
    /// better to lose a change that two studios make at the same moment than to remember nothing.
    /// - Parameter patienceSeconds: how long to wait for other studios.
    func locked<Value>(patienceSeconds: Double = 2, _ body: () -> Value) -> Value {
        let lockPath = base + ".lock"
        let end = ContinuousClock.now + .seconds(patienceSeconds)
        var lock = SessionLock(path: lockPath)
        // If no file can be made in the folder, waiting does not help.
        while lock == nil, access(FilePath.folder(of: path), W_OK) == 0, ContinuousClock.now < end {
            usleep(5000)
            lock = SessionLock(path: lockPath)
        }
        return withExtendedLifetime(lock, body)
    }

    private func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
}
