import Testing

@testable import Generation

@Suite struct `The fields of a generation in rows and exports` {
    @Test func `hold the raw mode of a free prompt, and give it back`() {
        let joined = RecordedFields.joined(["prompt": "Once"], isRaw: true)
        #expect(joined == ["prompt": "Once", "raw": "true"])
        let split = RecordedFields.split(joined, templateName: nil)
        #expect(split.fields == ["prompt": "Once"] && split.isRaw)
        #expect(RecordedFields.joined(["prompt": "Once"], isRaw: false) == ["prompt": "Once"])
    }

    @Test func `leave a template's own field of that name alone`() {
        let split = RecordedFields.split(["raw": "true"], templateName: "cooking")
        #expect(split.fields == ["raw": "true"] && !split.isRaw)
    }
}
