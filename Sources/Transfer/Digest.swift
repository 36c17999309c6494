// Digests of what arrives, by libcrypto.

import CTransfer

/// A digest that is being made.
public final class Digest {
    public enum Kind: String, Sendable { case sha256, sha1 }

    private let context: OpaquePointer?

    public init(_ kind: Kind) { context = ct_digest_new(kind.rawValue) }
    deinit { ct_digest_free(context) }

    public func add(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        _ = ct_digest_add(context, base, bytes.count)
    }

    public func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// The digest in lower-case hexadecimal; empty if the system could not make it. Nothing can be added after it.
    public func finish() -> String {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        let count = Int(ct_digest_end(context, &bytes))
        return bytes.prefix(count).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
