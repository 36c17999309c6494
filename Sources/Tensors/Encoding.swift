// Encodes floats as the blocks of an element type, as GGUF files store them.

import CKernels

extension ElementType {
    /// The blocks of `values`; a search over scales keeps the squared error small.
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
