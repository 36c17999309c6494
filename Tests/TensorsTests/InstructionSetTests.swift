import Testing

@testable import Tensors

@Suite struct `Instruction sets` {
    @Test func `the best one runs unless another is asked for`() {
        let best = InstructionSet.available.last
        for asked in [nil, ""] {
            #expect(Kernels.choice(asked: asked).instructionSet == best)
            #expect(Kernels.choice(asked: asked).problem == nil)
        }
        for set in InstructionSet.available {
            #expect(Kernels.choice(asked: set.name) == (set, nil))
        }
    }

    @Test func `an unknown instruction set, or one of another processor, gives a sentence`() throws {
        let names = InstructionSet.available.map(\.name).joined(separator: ", ")
        #expect(
            Kernels.choice(asked: "avx9").problem
                == "COPYDESK_KERNELS is 'avx9', and there is no such instruction set. Unset it, or set it to one of: \(names)."
        )
        // No processor has both of these.
        let foreign = try #require([InstructionSet.neon, .avx2].first { !$0.isAvailable })
        #expect(
            Kernels.choice(asked: foreign.name).problem
                == "COPYDESK_KERNELS is '\(foreign.name)', and this processor lacks it. Unset it, or set it to one of: \(names)."
        )
    }
}
