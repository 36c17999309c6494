// The file of keys: {"NAME": "key", "origin of each key": {"NAME": "https://…"}}, for its owner alone.
// - A key is never part of a sentence.
// - What is not a key stays as it is when a key is set or removed; a file that cannot be read is never written over.
// - A key has no control characters and no spaces at its ends.

import Files
import Generation
import Glibc

/// The keys of the endpoints.
public struct KeyFile: Sendable {
    public let path: String

    /// The longest file that is read, in bytes.
    private static let mostBytes = 1 << 20

    /// - Parameter path: of keys.json; it need not exist.
    public init(path: String) { self.path = path }

    /// The names that have a key, sorted.
    public func names() throws -> [String] {
        try members().filter { $0.value.text?.isEmpty == false }.map { String(decoding: $0.key, as: UTF8.self) }
            .sorted()
    }

    /// The key of a name; `nil` if it has none.
    public func key(_ name: String) throws -> String? {
        guard let text = try members().last(where: { $0.key.elementsEqual(name.utf8) })?.value.text else { return nil }
        let key = try Self.checked(text, name: name)
        return key.isEmpty ? nil : key
    }

    /// The origin that the key of a name was set for; `nil` if the file does not say.
    public func origin(_ name: String) throws -> String? {
        try Self.origins(in: members()).last { $0.key.elementsEqual(name.utf8) }?.value.text
    }

    /// Sets the key of a name.
    /// - Parameter origin: the only origin that gets the key; `nil`: whatever endpoint has the name.
    public func set(_ key: String, for name: String, origin: String? = nil) throws {
        let key = try Self.checked(key, name: name)
        guard !key.isEmpty else { throw KeyFileError.empty(name: name) }
        let members = try members()
        var origins = Self.origins(in: members).filter { !$0.key.elementsEqual(name.utf8) }
        if let origin { origins.append((Array(name.utf8), .string(Array(origin.utf8)))) }
        try write(
            members.filter { !$0.key.elementsEqual(name.utf8) } + [(Array(name.utf8), .string(Array(key.utf8)))],
            origins: origins)
    }

    /// No endpoint has a name with spaces.
    private static let originsName = "origin of each key"

    private static func origins(in members: [(key: [UInt8], value: JSONValue)]) -> [(key: [UInt8], value: JSONValue)] {
        members.last { $0.key.elementsEqual(originsName.utf8) }?.value.members ?? []
    }

    /// - Returns: false if the name had no key.
    @discardableResult
    public func remove(_ name: String) throws -> Bool {
        let members = try members()
        let rest = members.filter { !$0.key.elementsEqual(name.utf8) }
        guard rest.count < members.count else { return false }
        try write(rest, origins: Self.origins(in: members).filter { !$0.key.elementsEqual(name.utf8) })
        return true
    }

    /// A sentence if others than its owner may use the file; `nil` if all is well.
    public var warning: String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return nil }
        return "\(path) may be read by other users of this machine. Make it yours alone: its mode should be 600."
    }

    private func members() throws -> [(key: [UInt8], value: JSONValue)] {
        guard let bytes = try read() else { return [] }
        if bytes.allSatisfy({ $0 == 0x20 || 0x09...0x0D ~= $0 }) { return [] }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw KeyFileError.notJSON(path: path, problem: error.problem)
        }
        guard let members = value.members else { throw KeyFileError.notAnObject(path: path) }
        return members
    }

    /// - Returns: `nil` if there is no file.
    private func read() throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw KeyFileError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.mostBytes {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw KeyFileError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            if count == 0 { return bytes }
            bytes += part[..<count]
        }
        throw KeyFileError.cannotRead(path: path, reason: "it has more than a million bytes")
    }

    private func write(
        _ members: [(key: [UInt8], value: JSONValue)], origins: [(key: [UInt8], value: JSONValue)]
    ) throws {
        var members = members.filter { !$0.key.elementsEqual(Self.originsName.utf8) }
        if !origins.isEmpty { members.append((Array(Self.originsName.utf8), .object(origins))) }
        let lines = members.map {
            "  \(JSONText.string(String(decoding: $0.key, as: UTF8.self))): \(JSONText.value($0.value))"
        }
        let text = members.isEmpty ? "{}\n" : "{\n" + lines.joined(separator: ",\n") + "\n}\n"
        makeFolder(of: target)
        // A link, as people have who keep their settings in a repository, stays a link.
        let file = try ReplacementFile(path: target, mode: .ownerOnly)
        try file.write(Array(text.utf8))
        try file.commit()
    }

    /// If it cannot be made, the file cannot be written, and that says why.
    private func makeFolder(of path: String) {
        let folder = FilePath.folder(of: path)
        guard folder != "/", folder != ".", mkdir(folder, 0o700) != 0, errno == ENOENT else { return }
        makeFolder(of: folder)
        mkdir(folder, 0o700)
    }

    /// The file that the path leads to.
    private var target: String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// The key without the spaces and line ends that come with it from a file or the clipboard.
    static func checked(_ key: String, name: String) throws -> String {
        let scalars = Array(key.unicodeScalars)
        func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace || scalar == "\u{FEFF}" }
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        let inner = scalars[first...last]
        // A line end inside a key would begin another header of the request.
        guard inner.allSatisfy({ 0x20..<0x7F ~= $0.value || $0.value > 0x9F }) else {
            throw KeyFileError.controlCharacter(name: name)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: inner)
        return String(text)
    }
}

/// Why the file of keys cannot be used.
public enum KeyFileError: Error, Sendable, Hashable, CustomStringConvertible {
    case notJSON(path: String, problem: String)
    case notAnObject(path: String)
    case cannotRead(path: String, reason: String)
    case controlCharacter(name: String)
    case empty(name: String)
    /// The key was set for another address than the endpoint has now.
    case otherOrigin(name: String, origin: String, endpoint: String)

    public var description: String {
        switch self {
        case .notJSON(let path, let problem):
            "The keys in \(path) cannot be read, because the file is not JSON: \(problem). "
                + "It was left as it is. Correct it, or move it away."
        case .notAnObject(let path):
            "The keys in \(path) cannot be read, because the file is no object of names and keys. "
                + "It was left as it is. Correct it, or move it away."
        case .cannotRead(let path, let reason):
            "The keys in \(path) cannot be read: \(reason). Give yourself the right to read the file, or move it away."
        case .controlCharacter(let name):
            "The key of '\(CleanText.line(name))' has a line end or another control character inside, and no key has one. "
                + "Copy it again, in one line."
        case .empty(let name): "The key of '\(CleanText.line(name))' is empty, so nothing was stored. Give the key."
        case .otherOrigin(let name, let origin, let endpoint):
            "The key of '\(CleanText.line(name))' was set for \(CleanText.line(origin)), and the endpoint is at "
                + "\(CleanText.line(endpoint)) now, so the key was not sent. Set it again for the new address."
        }
    }
}
