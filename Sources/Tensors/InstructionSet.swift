// Which kernels run: the best that this machine has, unless told otherwise.
// - Every instruction set gives the same bits; the choice changes speed alone.

import CKernels
import Glibc

/// The instruction sets that kernels are written for.
public enum InstructionSet: Int32, Sendable, CaseIterable {
    case scalar = 0
    case avx2 = 1
    case avx512vnni = 2
    case neon = 3

    /// The name used by `COPYDESK_KERNELS` and in reports.
    public var name: String {
        switch self {
        case .scalar: "scalar"
        case .avx2: "avx2"
        case .avx512vnni: "avx512"
        case .neon: "neon"
        }
    }

    /// Whether this machine can run it.
    public var isAvailable: Bool { ck_kernels_for(rawValue) != nil }

    /// Those that this machine can run, slowest first; never empty.
    public static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

    var kernels: UnsafePointer<ck_kernels> {
        guard let kernels = ck_kernels_for(rawValue) ?? ck_kernels_for(InstructionSet.scalar.rawValue) else {
            preconditionFailure("the portable kernels are always there")
        }
        return kernels
    }
}

/// The process's choice of kernels.
public enum Kernels {
    /// The best instruction set here, or the one that the environment variable `COPYDESK_KERNELS`
    /// (scalar, avx2, avx512 or neon) names, where the machine has it.
    public static let instructionSet: InstructionSet = {
        if let value = getenv("COPYDESK_KERNELS") {
            let name = String(cString: value)
            if let asked = InstructionSet.available.first(where: { $0.name == name }) { return asked }
        }
        return InstructionSet.available.max { $0.rawValue < $1.rawValue } ?? .scalar
    }()
}
