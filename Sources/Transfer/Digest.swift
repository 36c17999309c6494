// Digests of what arrives, by libcrypto, which is loaded for the first of them.

import CTransfer

/// A digest that is being made.
public final class Digest {
    public enum Kind: String, Sendable { case sha256, sha1 }

    /// Nil if the system cannot make it.
    private let context: OpaquePointer?

    public init(_ kind: Kind) { context = ct_load_crypto() == nil ? ct_digest_new(kind.rawValue) : nil }
    deinit { if let context { ct_digest_free(context) } }

    /// Makes sure that digests can be made.
    /// - Throws: `TransferError.missingLibrary`.
    public static func check() throws {
        guard let reason = ct_load_crypto() else { return }
        throw TransferError.missingLibrary(
            name: "libcrypto", use: "makes checksums", package: "libssl3", reason: String(cString: reason))
    }

    public func add(_ bytes: UnsafeRawBufferPointer) {
        guard let context, let base = bytes.baseAddress else { return }
        _ = ct_digest_add(context, base, bytes.count)
    }

    public func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// The digest in lower-case hexadecimal; empty if the system could not make it. Nothing can be added after it.
    public func finish() -> String {
        guard let context else { return "" }
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        let count = Int(ct_digest_end(context, &bytes))
        return bytes.prefix(count).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
