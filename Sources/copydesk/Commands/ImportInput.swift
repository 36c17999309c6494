// The bytes that `import` reads: a file as it lies, or what a pipe gives.

import Files
import Foundation
import Importing

enum ImportInput {
    /// - Parameters:
    ///   - path: `-` for standard input.
    ///   - name: for sentences.
    /// - Throws: `Failure`, or an `ImportError`, with the problem and its remedy.
    static func open(_ path: String, named name: String) throws -> FileSource {
        if path == "-" { return try source(dup(STDIN_FILENO), name) }
        guard !path.isEmpty else { throw Failure("The name of the file is empty. Give a name.") }
        let descriptor = Glibc.open(TextFile.expand(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                errno == ENOENT || errno == ENOTDIR
                    ? "There is no file \(path). Check the name."
                    : "\(path) cannot be opened: \(String(cString: strerror(errno))). Check that you may read it.")
        }
        return try source(descriptor, name)
    }

    /// - Parameter descriptor: is taken over.
    private static func source(_ descriptor: CInt, _ name: String) throws -> FileSource {
        var facts = stat()
        guard descriptor >= 0, fstat(descriptor, &facts) == 0 else {
            throw Failure("\(name) cannot be read: \(String(cString: strerror(errno))). Give a file.")
        }
        let kind = facts.st_mode & S_IFMT
        if kind == S_IFDIR {
            close(descriptor)
            throw Failure("\(name) is a folder. Name a file in it.")
        }
        // A file of which somebody has read a part begins where that ended.
        if kind == S_IFREG, lseek(descriptor, 0, SEEK_CUR) == 0 {
            return try FileSource(descriptor: descriptor, name: name)
        }
        defer { close(descriptor) }
        return try FileSource(descriptor: kept(descriptor, name), name: name)
    }

    /// A pipe gives its bytes once, and an import reads them twice, so they go into a file without a name.
    private static func kept(_ pipe: CInt, _ name: String) throws -> CInt {
        var template = Array("\(NSTemporaryDirectory())/copydesk-import-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else {
            throw Failure(
                "No temporary file can be made in \(NSTemporaryDirectory()): \(String(cString: strerror(errno))). Set TMPDIR "
                    + "to another folder.")
        }
        unlink(template)
        do {
            try copy(pipe, to: file, name)
        } catch {
            close(file)
            throw error
        }
        return file
    }

    private static func copy(_ pipe: CInt, to file: CInt, _ name: String) throws {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { read(pipe, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure("\(name) cannot be read: \(String(cString: strerror(errno))). Give a file.")
            }
            if count == 0 { return }
            let problem = piece.withUnsafeBytes {
                Descriptor.write(UnsafeRawBufferPointer(rebasing: $0[..<count]), to: file)
            }
            guard problem == 0 else {
                throw Failure(
                    "\(name) cannot be kept in \(NSTemporaryDirectory()) while it is read: "
                        + "\(String(cString: strerror(problem))). Give it as a file, or set TMPDIR to another folder.")
            }
        }
    }
}

/// How far an import is, on a terminal.
struct ImportProgress {
    private let words: String
    private var percent = 0

    init(_ name: String, doing: String) { words = "\(doing) \(name)" }

    /// - Parameter part: of the file, from 0 to 1.
    mutating func show(_ part: Double) {
        let percent = Int(min(max(part, 0), 1) * 100)
        guard percent != self.percent else { return }
        self.percent = percent
        Console.showProgress("\(words): \(percent)%")
    }
}
