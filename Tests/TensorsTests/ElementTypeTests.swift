import Testing

@testable import Tensors

@Suite struct `Element types` {
    @Test func `a row of bytes is a whole number of blocks`() {
        #expect(ElementType.q4_K.byteCount(elements: 512) == 288)
        #expect(ElementType.q4_K.byteCount(elements: 500) == nil)
        #expect(ElementType.f32.byteCount(elements: Int.max) == nil)
        #expect(ElementType.f16.byteCount(elements: 3) == 6)
    }
}
