// Floats to the blocks of an element type, and back.
// - The blocks are those that GGUF files hold; decoding is what the kernels do with them.

import CKernels

extension ElementType {
    /// The blocks of `values`, with as little squared error as a search over scales finds.
    /// - Parameter values: a whole number of blocks; finite.
    /// - Parameter instructionSet: one that this machine has; the bytes are the same with each.
    public func encode(_ values: [Float], with instructionSet: InstructionSet = Kernels.instructionSet) -> [UInt8] {
        guard let bytes = byteCount(elements: values.count) else {
            preconditionFailure("\(values.count) values are whole blocks of \(name)")
        }
        return [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
            let known = ck_encode(instructionSet.rawValue, rawValue, values, values.count, buffer.baseAddress)
            precondition(known, "every element type has an encoder")
            count = bytes
        }
    }
}
