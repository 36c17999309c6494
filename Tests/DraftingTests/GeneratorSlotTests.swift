import Dispatch
import Generation
import Testing

@testable import Drafting

@Suite(.timeLimit(.minutes(15))) struct `The generator in use` {
    /// A generator of a name.
    private struct Named: TextGenerator {
        let identity: ModelIdentity
        let capabilities = GeneratorCapabilities.all(contextLength: nil)

        init(_ name: String) { identity = ModelIdentity(name: name, hash: "", engine: "") }

        func generate(
            _ request: GenerationRequest, stopSignal: StopSignal
        ) -> AsyncThrowingStream<GenerationEvent, any Error> { AsyncThrowingStream { $0.finish() } }
    }

    /// Opens all names but "broken"; "slow" opens once `gate` is signalled.
    private func slot(gate: DispatchSemaphore = DispatchSemaphore(value: 0)) -> GeneratorSlot {
        GeneratorSlot { name in
            if name == "broken" { throw BrokenModel() }
            if name == "slow" { gate.wait() }
            return Named(name ?? "built-in")
        }
    }

    @Test func `is the one that was opened last`() async throws {
        let slot = slot()
        slot.use(nil)
        #expect(try await slot.generator().identity.name == "built-in")
        slot.use("other")
        #expect(try await slot.generator().identity.name == "other")
    }

    @Test func `stays if the next one cannot be opened`() async throws {
        let slot = slot()
        slot.use("first")
        await #expect(throws: BrokenModel.self) { try await slot.use("broken").value }
        #expect(try await slot.generator().identity.name == "first")
    }

    @Test func `is the one chosen last, also if an earlier one opens later`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let slot = slot(gate: gate)
        let slow = slot.use("slow")
        slot.use("quick")
        #expect(try await slot.generator().identity.name == "quick")
        gate.signal()
        #expect(try await slow.value.identity.name == "slow")
        #expect(try await slot.generator().identity.name == "quick")
    }

    @Test func `is the other of two if the first cannot be opened`() async throws {
        let slot = slot()
        let openings = slot.use("broken", orElse: nil)
        await #expect(throws: BrokenModel.self) { try await openings.first.value }
        #expect(try await openings.used.value.identity.name == "built-in")
        #expect(try await slot.generator().identity.name == "built-in")
        slot.use("first", orElse: "broken")
        #expect(try await slot.generator().identity.name == "first")
        slot.use("broken", orElse: "broken")
        #expect(try await slot.generator().identity.name == "first")
    }

    @Test func `fails with the reason if there is none before it`() async throws {
        let slot = slot()
        let error = await #expect(throws: NoModelChosen.self) { try await slot.generator() }
        #expect(error?.description == "No model is chosen. Choose one first.")
        slot.use("broken")
        await #expect(throws: BrokenModel.self) { try await slot.generator() }
    }
}
