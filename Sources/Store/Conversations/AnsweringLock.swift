// A sign that an answer of a conversation is being written: a lock of one byte, at the conversation's id, in the file
// `<store>-answers` beside the store.
// - Those who go on from what they show share it. One who goes on from whatever is newest has it alone, so such words and
//   their answers come one after another.
// - It belongs to the opened file and not to the process (fcntl's F_OFD_SETLK), so two of one process exclude each other
//   too. The system frees it if the process dies.
// - On a file system without such locks it is always free, and nothing else depends on it.

import Foundation

public final class AnsweringLock: Sendable {
    public enum Kind: Sendable { case shared, alone }

    // `F_OFD_SETLK` of Linux's fcntl.h, which Swift does not see in every C library.
    private static let setLock: CInt = 37

    private let descriptor: CInt
    private let conversationId: Int64

    fileprivate init?(path: String, conversationId: Int64) {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        self.conversationId = conversationId
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Tries once to take the lock; it is free again when this object is gone.
    /// - Returns: false if another one has it.
    fileprivate func take(_ kind: Kind) -> Bool {
        var lock = flock()
        lock.l_type = Int16(kind == .shared ? F_RDLCK : F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = numericCast(conversationId)
        lock.l_len = 1
        while fcntl(descriptor, Self.setLock, &lock) != 0 {
            if errno == EINTR { continue }
            return errno != EAGAIN && errno != EACCES
        }
        return true
    }
}

extension DraftStore {
    /// Tries once to take the lock of a conversation's answers.
    /// - Returns: `nil` if another one has it, or if there can be none here.
    public func answeringLock(_ kind: AnsweringLock.Kind, of conversationId: Int64) -> AnsweringLock? {
        guard conversationId > 0, let lock = AnsweringLock(path: path + "-answers", conversationId: conversationId),
            lock.take(kind)
        else { return nil }
        return lock
    }

    /// True if locks of answers can be made beside this store.
    public var hasAnsweringLocks: Bool { AnsweringLock(path: path + "-answers", conversationId: 1) != nil }
}
