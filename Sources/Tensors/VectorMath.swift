// Arithmetic on one array of floats, for the sampler. It runs on the calling thread and gives the same bits on every
// instruction set.

import CKernels
import Glibc

/// Vector functions on arrays.
public enum VectorMath {
    /// The greatest value; minus infinity if there are none.
    public static func maximum(of values: [Float]) -> Float {
        values.withUnsafeBufferPointer { Kernels.instructionSet.kernels.pointee.maximum($0.baseAddress, $0.count) }
    }

    /// The logarithm of the sum of exponentials.
    public static func logSumExp(_ values: [Float]) -> Float {
        var copy = values
        let peak = maximum(of: values)
        guard peak > -.infinity, peak < .infinity else { return peak }
        return copy.withUnsafeMutableBufferPointer {
            peak + log(Kernels.instructionSet.kernels.pointee.exponentials($0.baseAddress, $0.count, peak, 1))
        }
    }

    /// Replaces logits by probabilities: exp(x / temperature), divided by their sum.
    /// - Parameter temperature: above 0.
    public static func softmax(_ values: inout [Float], temperature: Float = 1) {
        precondition(temperature > 0)
        let peak = maximum(of: values)
        let kernels = Kernels.instructionSet.kernels.pointee
        values.withUnsafeMutableBufferPointer {
            let sum = kernels.exponentials($0.baseAddress, $0.count, peak, 1 / temperature)
            if sum > 0 { kernels.multiply_by($0.baseAddress, $0.count, 1 / sum) }
        }
    }
}
