// The short hash by which files, prompts and tokens are told apart; it guards against nobody.
// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/.

/// A running FNV-1a hash: the same bytes give the same value in every run and release.
@frozen
public struct FNV1a: Sendable {
    public var value: UInt64

    @inlinable @inline(__always)
    public init() { value = 0xCBF2_9CE4_8422_2325 }

    /// The hash of some bytes.
    @inlinable
    public init(_ bytes: some Sequence<UInt8>) {
        self.init()
        for byte in bytes { mix(UInt64(byte)) }
    }

    /// Takes in one byte, or one larger number at once.
    @inlinable @inline(__always)
    public mutating func mix(_ number: UInt64) { value = (value ^ number) &* 0x100_0000_01B3 }

    /// Takes in bytes in their order.
    @inlinable
    public mutating func mix(_ bytes: some Sequence<UInt8>) { for byte in bytes { mix(UInt64(byte)) } }

    /// 16 hexadecimal digits.
    public var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
