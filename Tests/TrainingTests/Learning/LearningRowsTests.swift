import Generation
import Testing

@testable import Training

/// Drafts of some prompts, each with `perPrompt` texts.
func starredKeeps(_ count: Int, perPrompt: Int = 1, edited: (Int) -> Bool = { $0.isMultiple(of: 2) }) -> [StarredKeep] {
    (0..<count).map { number in
        let prompt = "Describe product \(number / perPrompt)"
        return StarredKeep(
            id: "g\(number)/0", row: .pair(prompt: prompt, answer: "text \(number)"), text: "text \(number)",
            promptKey: prompt, isEdited: edited(number), template: nil, model: "tiny")
    }
}

@Suite struct `Rows of a learning` {
    @Test(arguments: [0, 1, 12, 29])
    func `need thirty kept drafts`(count: Int) {
        let error = #expect(throws: LearningError.self) { try LearningRows(starredKeeps(count), seed: 1) }
        let drafts = count == 1 ? "1 draft" : "\(count) drafts"
        #expect(error.map { "\($0)" } == "You have kept \(drafts); learning begins at 30.")
    }

    @Test func `count equal drafts of a prompt once, and take the edited one`() throws {
        var keeps = starredKeeps(30) { $0 != 3 }
        keeps.append(keeps[3])
        keeps[30].id = "later/0"
        keeps[30].isEdited = true
        // White space does not make another text.
        keeps[30].text += " \n"
        let rows = try LearningRows(keeps, seed: 1)
        #expect(rows.duplicateCount == 1)
        let ids = Set((rows.trained + rows.heldOut).map(\.id))
        #expect(ids.count == 30 && ids.contains("later/0") && !ids.contains("g3/0"))
        keeps.removeFirst(2)
        #expect(throws: LearningError.tooFewKeeps(count: 28, duplicates: 1)) { try LearningRows(keeps, seed: 1) }
    }

    @Test(arguments: [1, 2, 3, 7], [UInt64(1), 2, 99])
    func `never have one prompt on both sides`(perPrompt: Int, seed: UInt64) throws {
        let rows = try LearningRows(starredKeeps(42, perPrompt: perPrompt), seed: seed)
        let (trained, heldOut) = (Set(rows.trained.map(\.promptKey)), Set(rows.heldOut.map(\.promptKey)))
        #expect(trained.isDisjoint(with: heldOut))
        #expect(rows.trained.count + rows.heldOut.count == 42)
        #expect((9...21).contains(rows.heldOut.count))
    }

    @Test func `are divided by the seed, whatever their order`() throws {
        let keeps = starredKeeps(40)
        func heldOut(_ keeps: [StarredKeep], _ seed: UInt64) throws -> Set<String> {
            Set(try LearningRows(keeps, seed: seed).heldOut.map(\.id))
        }
        let first = try heldOut(keeps, 1)
        #expect(first.count == 8)
        #expect(try heldOut(keeps.reversed(), 1) == first)
        #expect(try heldOut(keeps, 2) != first)
    }

    @Test func `of one prompt cannot be divided`() {
        #expect(throws: LearningError.onePrompt(count: 40)) {
            try LearningRows(starredKeeps(40, perPrompt: 40), seed: 1)
        }
    }

    @Test func `count three times as much if they were edited`() throws {
        let rows = try LearningRows(starredKeeps(40), seed: 1)
        guard case .weighted(let weighted, _) = try #require(rows.trainingData(general: []).first) else {
            Issue.record("the rows have no weights")
            return
        }
        #expect(weighted.count == rows.trained.count)
        for (row, keep) in zip(weighted, rows.trained) { #expect(row.weight == (keep.isEdited ? 3 : 1)) }
        #expect(Set(weighted.map(\.weight)) == [1, 3])
    }

    @Test func `are those of the record when a learning goes on`() throws {
        let keeps = starredKeeps(40)
        let rows = try LearningRows(keeps, seed: 5)
        let record = LearningFixture.record(keeps: rows.keeps)
        // A new star and another order change nothing.
        let again = try LearningRows(Array((starredKeeps(41)).reversed()), of: record, name: "style-1")
        #expect(again.trained == rows.trained && again.heldOut == rows.heldOut)
        var changed = keeps
        changed[0].text = "edited since"
        changed.remove(at: 7)
        #expect(throws: LearningError.changedKeeps(name: "style-1", changes: .init(unstarred: 1, edited: 1))) {
            try LearningRows(changed, of: record, name: "style-1")
        }
    }
}
