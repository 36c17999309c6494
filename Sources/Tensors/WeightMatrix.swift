// Weights as the file stores them: never copied, never changed.
// - A matrix is rows of blocks without gaps; row r starts at r * rowByteCount.
// - The initializer checks that all bytes are inside the file.

import CKernels
import Glibc

/// Why a weight does not fit its file.
public enum WeightMatrixError: Error, Equatable, CustomStringConvertible {
    case badShape(rows: Int, columns: Int)
    case partialBlocks(type: ElementType, columns: Int)
    case outsideFile(path: String, byteOffset: Int, rows: Int, columns: Int, type: ElementType, fileBytes: Int)

    public var description: String {
        switch self {
        case .badShape(let rows, let columns):
            "A weight cannot have \(rows) rows and \(columns) columns. The file is damaged: download it again."
        case .partialBlocks(let type, let columns):
            "\(columns) columns are not a whole number of \(type.name) blocks of \(type.blockElementCount). "
                + "The file is damaged: download it again."
        case .outsideFile(let path, let byteOffset, let rows, let columns, let type, let fileBytes):
            "\(path): a weight of \(rows) x \(columns) \(type.name) at byte \(byteOffset) does not fit the file's "
                + "\(fileBytes) bytes. The file is cut short: download it again."
        }
    }
}

/// A matrix of weights: `rowCount` outputs by `columnCount` inputs, of one element type.
///
/// Sendable without checks because the bytes never change.
public struct WeightMatrix: @unchecked Sendable {
    public let type: ElementType
    public let rowCount: Int
    public let columnCount: Int
    /// Bytes of one row in the file.
    public let rowByteCount: Int

    let base: UnsafeRawPointer
    private let owner: AnyObject

    /// A matrix inside a mapped file.
    /// - Throws: `WeightMatrixError` if the numbers do not describe bytes of the file.
    public init(file: MappedFile, byteOffset: Int, type: ElementType, rowCount: Int, columnCount: Int) throws {
        // Kernels count rows and columns in 32 bits.
        guard rowCount > 0, columnCount > 0, rowCount <= Int(Int32.max), columnCount <= Int(Int32.max) else {
            throw WeightMatrixError.badShape(rows: rowCount, columns: columnCount)
        }
        guard let rowByteCount = type.byteCount(elements: columnCount) else {
            throw WeightMatrixError.partialBlocks(type: type, columns: columnCount)
        }
        let (bytes, overflow) = rowByteCount.multipliedReportingOverflow(by: rowCount)
        guard !overflow, byteOffset >= 0, byteOffset <= file.byteCount, bytes <= file.byteCount - byteOffset else {
            throw WeightMatrixError.outsideFile(
                path: file.path, byteOffset: byteOffset, rows: rowCount, columns: columnCount, type: type,
                fileBytes: file.byteCount)
        }
        self.init(
            base: file.base + byteOffset, owner: file, type: type, rowCount: rowCount, columnCount: columnCount,
            rowByteCount: rowByteCount)
    }

    /// The bytes of all rows.
    public var byteCount: Int { rowByteCount * rowCount }

    /// Reads the matrix and maps its pages now, so that no later access waits for the disk.
    ///
    /// Blocks until that is done. If the system lacks the call, it only asks for reading ahead.
    public func makeResident() {
        let pageSize = Int(getpagesize())
        let start = UInt(bitPattern: base) / UInt(pageSize) * UInt(pageSize)
        guard let first = UnsafeMutableRawPointer(bitPattern: start) else { return }
        let length = Int(UInt(bitPattern: base) - start) + byteCount
        let populateRead: Int32 = 22  // MADV_POPULATE_READ, Linux 5.14
        if madvise(first, length, populateRead) != 0 { madvise(first, length, MADV_WILLNEED) }
    }

    /// Releases the memory of a mapped matrix. If it is read again, the system loads it again.
    public func letGo() { (owner as? MappedFile)?.letGo(base, byteCount: byteCount) }

    /// A matrix in its own memory, from floats row after row.
    public init(rows: Int, columns: Int, values: [Float]) {
        precondition(rows > 0 && columns > 0 && values.count == rows * columns, "values fill the matrix")
        let memory = AlignedMemory(byteCount: values.count * 4)
        values.withUnsafeBytes {
            memory.base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory.base), byteCount: $0.count)
        }
        self.init(
            base: UnsafeRawPointer(memory.base), owner: memory, type: .f32, rowCount: rows, columnCount: columns,
            rowByteCount: columns * 4)
    }

    /// A matrix in its own memory, from blocks as a file would store them.
    public init(type: ElementType, rows: Int, columns: Int, bytes: [UInt8]) {
        guard let rowByteCount = type.byteCount(elements: columns) else {
            preconditionFailure("\(columns) columns are whole blocks of \(type.name)")
        }
        precondition(rows > 0 && columns > 0 && bytes.count == rows * rowByteCount, "bytes fill the matrix")
        let memory = AlignedMemory(byteCount: bytes.count)
        bytes.withUnsafeBytes {
            memory.base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory.base), byteCount: $0.count)
        }
        self.init(
            base: UnsafeRawPointer(memory.base), owner: memory, type: type, rowCount: rows, columnCount: columns,
            rowByteCount: rowByteCount)
    }

    private init(
        base: UnsafeRawPointer, owner: AnyObject, type: ElementType, rowCount: Int, columnCount: Int, rowByteCount: Int
    ) {
        self.base = base
        self.owner = owner
        self.type = type
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.rowByteCount = rowByteCount
    }

    /// Some of the rows, such as the queries of a fused q/k/v weight.
    public func slice(rows: Range<Int>) -> WeightMatrix {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount && !rows.isEmpty, "rows of the matrix")
        return WeightMatrix(
            base: base + rows.lowerBound * rowByteCount, owner: owner, type: type, rowCount: rows.count,
            columnCount: columnCount, rowByteCount: rowByteCount)
    }

    /// Row `index` as floats.
    public func decodedRow(_ index: Int) -> [Float] {
        precondition(index >= 0 && index < rowCount, "a row of the matrix")
        return [Float](unsafeUninitializedCapacity: columnCount) { buffer, count in
            let row = (base + index * rowByteCount).assumingMemoryBound(to: UInt8.self)
            Kernels.instructionSet.kernels.pointee.decode(type.rawValue, row, columnCount, 1, buffer.baseAddress)
            count = columnCount
        }
    }

    /// The bytes of row `index`, as the file stores them.
    public func rowBytes(_ index: Int) -> [UInt8] {
        precondition(index >= 0 && index < rowCount, "a row of the matrix")
        return [UInt8](UnsafeRawBufferPointer(start: base + index * rowByteCount, count: rowByteCount))
    }
}

/// A vector of weights, such as those of a norm, or a bias. Always floats, because it is tiny.
public struct WeightVector: Sendable {
    public let count: Int
    let memory: AlignedMemory

    public init(values: [Float]) {
        count = values.count
        memory = AlignedMemory(byteCount: values.count * 4)
        for (index, value) in values.enumerated() { memory.floats()[index] = value }
    }

    public var values: [Float] { [Float](UnsafeBufferPointer(start: memory.floats(), count: count)) }

    var pointer: UnsafePointer<Float> { UnsafePointer(memory.floats()) }
}
