import Foundation
import Studio

/// What was typed and not sent, in a file of its own beside the store: written whole or not at all.
struct SessionFile: Sendable {
    let path: String

    func read() -> StudioSession? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return try? JSONDecoder().decode(StudioSession.self, from: data)
    }

    func write(_ session: StudioSession) throws {
        let url = URL(filePath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try JSONEncoder().encode(session).write(to: url, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}
