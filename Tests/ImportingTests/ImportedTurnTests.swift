import Generation
import Importing
import Testing

@Suite struct `An imported turn` {
    @Test func `shows its first text unless another is chosen`() {
        #expect(ImportedTurn(parent: nil, role: .assistant, texts: ["One", "Two"]).choice == 0)
    }
}
