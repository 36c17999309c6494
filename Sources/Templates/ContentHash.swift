/// A short name for a file's content; not a defence against anyone who wants two files to share it.
///
/// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/.
enum ContentHash {
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
