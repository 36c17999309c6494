// Many short byte strings in one buffer: a vocabulary, a list of merges.
// - `ends` never decreases and its last item is the buffer's length, so every slice is inside the buffer.

/// An immutable list of byte strings that costs one allocation for all of them.
public struct ByteStrings: Sendable, Equatable {
    /// All strings one after another.
    public private(set) var buffer: [UInt8]
    private var ends: [Int]

    /// An empty list with room for `count` strings of `byteCount` bytes in all.
    public init(count: Int = 0, byteCount: Int = 0) {
        buffer = []
        ends = []
        buffer.reserveCapacity(byteCount)
        ends.reserveCapacity(count)
    }

    public init(_ strings: some Sequence<[UInt8]>) {
        self.init()
        for string in strings { append(string) }
    }

    public var count: Int { ends.count }

    /// The bytes of string `index` in `buffer`.
    public func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    public subscript(index: Int) -> ArraySlice<UInt8> { buffer[range(index)] }

    public mutating func append(_ string: some Sequence<UInt8>) {
        buffer.append(contentsOf: string)
        ends.append(buffer.count)
    }
}
