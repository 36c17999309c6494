// Chooses the kernels: the best ones that this machine has, unless COPYDESK_KERNELS names others.
// - Every instruction set gives the same bits, so the choice changes only the speed.

import CKernels
import Glibc

/// The instruction sets that have kernels.
public enum InstructionSet: Int32, Sendable, CaseIterable {
    case scalar = 0
    case avx2 = 1
    case avx512vnni = 2
    case neon = 3
    case neonDot = 4

    /// The name in `COPYDESK_KERNELS` and in reports.
    public var name: String {
        switch self {
        case .scalar: "scalar"
        case .avx2: "avx2"
        case .avx512vnni: "avx512"
        case .neon: "neon"
        case .neonDot: "neon-dot"
        }
    }

    /// True if this machine can run it.
    public var isAvailable: Bool { ck_kernels_for(rawValue) != nil }

    /// The sets that this machine can run, slowest first; never empty.
    public static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

    var kernels: UnsafePointer<ck_kernels> {
        guard let kernels = ck_kernels_for(rawValue) ?? ck_kernels_for(InstructionSet.scalar.rawValue) else {
            preconditionFailure("the portable kernels are always there")
        }
        return kernels
    }

    var training: UnsafePointer<ck_training> {
        guard let kernels = ck_training_for(rawValue) ?? ck_training_for(InstructionSet.scalar.rawValue) else {
            preconditionFailure("the portable kernels are always there")
        }
        return kernels
    }

    /// True if it multiplies pairs of bf16 numbers by an instruction, so that products in bf16 are about twice as fast
    /// as in f32. Without it they have the same bits and are slower than in f32.
    public var multipliesBfloats: Bool { ck_training_multiplies_pairs(rawValue) }
}

/// The process's choice of kernels.
public enum Kernels {
    /// The best instruction set of this machine, or the one that the environment variable `COPYDESK_KERNELS` names.
    public static let instructionSet = choice(asked: asked).instructionSet

    /// A sentence if the value of `COPYDESK_KERNELS` cannot be used and is ignored; else `nil`.
    public static let problem = choice(asked: asked).problem

    private static let asked = getenv("COPYDESK_KERNELS").map { String(cString: $0) }

    static func choice(asked: String?) -> (instructionSet: InstructionSet, problem: String?) {
        let available = InstructionSet.available
        let best = available.max { $0.rawValue < $1.rawValue } ?? .scalar
        guard let asked, !asked.isEmpty else { return (best, nil) }
        if let found = available.first(where: { $0.name == asked }) { return (found, nil) }
        let isKnown = InstructionSet.allCases.contains { $0.name == asked }
        let fault = isKnown ? "this processor lacks it" : "there is no such instruction set"
        let names = available.map(\.name).joined(separator: ", ")
        return (best, "COPYDESK_KERNELS is '\(asked)', and \(fault). Unset it, or set it to one of: \(names).")
    }
}
