import Glibc

/// Another program that has the terminal until it ends.
public enum ForegroundProgram {
    /// Runs a program in the foreground and waits for it.
    /// - Parameter arguments: the program, looked up in PATH, and its arguments; never empty.
    /// - Returns: its exit status, 128 and the signal's number if a signal ended it, or why it could not be run.
    public static func run(_ arguments: [String]) -> Result<Int32, HandOverError> {
        var pid: pid_t = 0
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        let result = posix_spawnp(&pid, arguments[0], nil, nil, pointers, environ)
        guard result == 0 else {
            return .failure(HandOverError(program: arguments[0], reason: String(cString: strerror(result))))
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return .success(status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F))
    }
}

/// Why another program could not have the terminal.
public struct HandOverError: Error, Equatable, CustomStringConvertible {
    public var program: String
    public var reason: String

    public var description: String { "'\(program)' cannot be run: \(reason)." }
}
