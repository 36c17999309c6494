// Unpacks zlib data (RFC 1950, RFC 1951).
// - The result has a bound, because a thousandth of its length can be enough to describe it.

struct InflateError: Error {
    /// What is wrong with the data, behind its name: "ends too early".
    var problem: String
}

struct Inflate {
    private var input: ArraySlice<UInt8>
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []
    private let mostBytes: Int

    /// - Throws: `InflateError` if the data is damaged, or becomes longer than `mostBytes`.
    static func zlib(_ data: ArraySlice<UInt8>, mostBytes: Int) throws(InflateError) -> [UInt8] {
        guard data.count >= 6 else { throw InflateError(problem: "ends too early") }
        let (method, flags) = (data[data.startIndex], data[data.startIndex + 1])
        guard method & 0xF == 8, (Int(method) << 8 | Int(flags)) % 31 == 0, flags & 0x20 == 0 else {
            throw InflateError(problem: "is of no known kind")
        }
        var inflate = Inflate(input: data.dropFirst(2), mostBytes: mostBytes)
        try inflate.readBlocks()
        let sum = inflate.input.prefix(4)
        guard sum.count == 4, sum.reduce(0, { $0 << 8 | UInt32($1) }) == adler(inflate.output) else {
            throw InflateError(problem: "has a wrong checksum")
        }
        return inflate.output
    }

    private init(input: ArraySlice<UInt8>, mostBytes: Int) {
        self.input = input
        self.mostBytes = mostBytes
    }

    private mutating func readBlocks() throws(InflateError) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try readStored()
            case 1: try readCompressed(Self.fixedLengths, Self.fixedDistances)
            case 2:
                let (lengths, distances) = try readCodes()
                try readCompressed(lengths, distances)
            default: throw InflateError(problem: "has a block of no known kind")
            }
        }
        skipToWholeByte()
    }

    /// Leaves the rest of a byte of which some bits were read.
    private mutating func skipToWholeByte() {
        bits = 0
        bitCount = 0
    }

    private mutating func take(_ count: Int) throws(InflateError) -> Int {
        while bitCount < count {
            guard let byte = input.popFirst() else { throw InflateError(problem: "ends too early") }
            bits |= UInt32(byte) << UInt32(bitCount)
            bitCount += 8
        }
        let value = bits & (1 << UInt32(count) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    private mutating func readStored() throws(InflateError) {
        skipToWholeByte()
        let (length, inverse) = (try take(16), try take(16))
        guard length ^ inverse == 0xFFFF else { throw InflateError(problem: "has a wrong length") }
        guard input.count >= length else { throw InflateError(problem: "ends too early") }
        try makeRoom(for: length)
        output += input.prefix(length)
        input = input.dropFirst(length)
    }

    private func makeRoom(for count: Int) throws(InflateError) {
        guard output.count + count <= mostBytes else {
            throw InflateError(problem: "becomes longer than \(mostBytes >> 20) MB")
        }
    }

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]

    private mutating func readCompressed(_ lengths: Code, _ distances: Code) throws(InflateError) {
        while true {
            let symbol = try next(lengths)
            if symbol < 256 {
                try makeRoom(for: 1)
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Self.lengthBases.count else { throw InflateError(problem: "has a wrong code") }
            let length = Self.lengthBases[symbol - 257] + (try take(Self.lengthBits[symbol - 257]))
            let place = try next(distances)
            guard place < Self.distanceBases.count else { throw InflateError(problem: "has a wrong code") }
            let distance = Self.distanceBases[place] + (try take(place < 4 ? 0 : place / 2 - 1))
            guard distance <= output.count else { throw InflateError(problem: "refers to text before its beginning") }
            try makeRoom(for: length)
            // A copy may overlap its own source, so it goes byte by byte.
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    /// The codes of a block that brings its own.
    private mutating func readCodes() throws(InflateError) -> (lengths: Code, distances: Code) {
        let (lengthCount, distanceCount, codeCount) = (try take(5) + 257, try take(5) + 1, try take(4) + 4)
        var codeLengths = [Int](repeating: 0, count: 19)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for place in order.prefix(codeCount) { codeLengths[place] = try take(3) }
        let code = try Code(codeLengths)
        var lengths: [Int] = []
        while lengths.count < lengthCount + distanceCount {
            switch try next(code) {
            case let length where length < 16: lengths.append(length)
            case 16:
                guard let last = lengths.last else { throw InflateError(problem: "has a wrong code") }
                lengths += repeatElement(last, count: try take(2) + 3)
            case 17: lengths += repeatElement(0, count: try take(3) + 3)
            default: lengths += repeatElement(0, count: try take(7) + 11)
            }
        }
        guard lengths.count == lengthCount + distanceCount else { throw InflateError(problem: "has a wrong code") }
        return (try Code(Array(lengths[..<lengthCount])), try Code(Array(lengths[lengthCount...])))
    }

    private mutating func next(_ code: Code) throws(InflateError) -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw InflateError(problem: "has a wrong code")
    }

    /// A canonical Huffman code: how many codes each length has, and the symbols in their order.
    private struct Code {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        /// - Throws: `InflateError` if there are more codes than the lengths allow.
        init(_ lengths: [Int]) throws(InflateError) {
            self.init(unchecked: lengths)
            var room = 1
            for length in 1...15 {
                room = room << 1 - counts[length]
                guard room >= 0 else { throw InflateError(problem: "has a wrong code") }
            }
        }

        init(unchecked lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            for length in 1...15 { symbols += lengths.indices.filter { lengths[$0] == length } }
        }
    }

    private static let fixedLengths = Code(
        unchecked: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Code(unchecked: Array(repeating: 5, count: 30))

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
