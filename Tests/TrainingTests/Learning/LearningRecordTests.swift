import Foundation
import Testing

@testable import Training

/// Learnings in a folder of their own.
struct LearningFixture {
    let folder: TemporaryFolder
    var learnings: Learnings { Learnings(path: folder.path("copydesk.learned")) }

    init() throws { folder = try TemporaryFolder() }

    static func keep(_ number: Int, _ text: String? = nil, heldOut: Bool = false) -> LearningRecord.Keep {
        .init(
            id: "generation-\(number)/0", hash: LearningRecord.Keep.hash(of: text ?? "text \(number)"),
            isEdited: number.isMultiple(of: 2), isHeldOut: heldOut)
    }

    static func record(keeps: [LearningRecord.Keep] = (0..<32).map { keep($0, heldOut: $0 < 7) }) -> LearningRecord {
        LearningRecord(
            base: .init(name: "built-in", hash: "00112233aabbccdd"), template: "product-description", keeps: keeps,
            editedWeight: 3, generalRowCount: 4, job: .learning, plannedPairs: 12, start: 1_700_000_000)
    }

    static func comparison(_ count: Int = 12, seed: UInt64 = 7) -> LearningComparison {
        LearningComparison(
            prompts: (0..<count).map {
                .init(title: "Product", template: "product-description", text: "prompt \($0)", isHeldOut: $0 < 3)
            },
            pairs: (0..<count).map { .init(base: "base \($0)", adapted: "new \($0)") }, seed: seed,
            copies: .init(base: 0.01, adapted: 0.03))
    }

    /// A learning whose comparison waits for answers.
    func ready(named name: String = "style-1", count: Int = 12) throws -> LearningFolder {
        let folder = try learnings.newFolder(named: name)
        var record = Self.record()
        record.state = .ready
        record.losses = LearningLosses(heldOutBefore: 2.5, heldOutAfter: 2.1, generalBefore: 3, generalAfter: 3.01)
        record.adapter = .init(path: "run/final", hash: "ffee")
        record.comparison = Self.comparison(count)
        try folder.write(record)
        return folder
    }
}

@Suite struct `The record of a learning` {
    @Test func `is read as it was written, by its owner alone`() throws {
        let fixture = try LearningFixture()
        let folder = try fixture.ready()
        let record = try folder.record()
        var expected = LearningFixture.record()
        expected.state = .ready
        expected.losses = LearningLosses(heldOutBefore: 2.5, heldOutAfter: 2.1, generalBefore: 3, generalAfter: 3.01)
        expected.adapter = .init(path: "run/final", hash: "ffee")
        expected.comparison = LearningFixture.comparison()
        #expect(record == expected)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.recordPath)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(record.trainedCount == 25 && record.heldOutCount == 7 && record.editedCount == 16)
    }

    @Test(arguments: [
        ("{\"version\": 1, \"state\": \"rea", "it is no record of a learning, or it is cut short"),
        ("", "it is no record of a learning, or it is cut short"),
        ("[1, 2]", "it is no record of a learning, or it is cut short"),
        ("{\"version\": 1}", "'base' is missing"),
    ])
    func `that is damaged gets a sentence that says where`(text: String, reason: String) throws {
        let fixture = try LearningFixture()
        let folder = try fixture.ready()
        try text.write(toFile: folder.recordPath, atomically: false, encoding: .utf8)
        let error = try #require(throws: LearningError.self) { try folder.record() }
        guard case .damaged(let path, let said) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(path == folder.recordPath)
        #expect(text.contains("version\": 1}") ? said.hasSuffix("is missing") : said == reason)
        #expect(
            "\(error)" == "\(path) cannot be used: \(said). Correct it, or remove the learning and learn again.")
        // It is listed, so that it can be removed.
        #expect(fixture.learnings.all().map(\.name) == ["style-1"])
    }

    @Test func `with values that cannot be is damaged too`() throws {
        let fixture = try LearningFixture()
        let folder = try fixture.ready()
        let text = try String(contentsOfFile: folder.recordPath, encoding: .utf8)
        for (old, new, reason) in [
            ("\"state\" : \"ready\"", "\"state\" : \"merry\"", "'state' has a value that cannot be"),
            ("\"batchSize\" : 1", "\"batchSize\" : 0", "'settings.batchSize' has a value that cannot be"),
            ("\"plannedPairs\" : 12", "\"plannedPairs\" : -12", "'plannedPairs' has a value that cannot be"),
            (
                "\"generalRowCount\" : 4", "\"generalRowCount\" : \"four\"",
                "'generalRowCount' has a value of another kind"
            ),
        ] {
            #expect(text.contains(old))
            try text.replacingOccurrences(of: old, with: new)
                .write(toFile: folder.recordPath, atomically: true, encoding: .utf8)
            #expect(throws: LearningError.damaged(path: folder.recordPath, reason: reason)) { try folder.record() }
        }
        // One prompt fewer than pairs.
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        var comparison = try #require(object["comparison"] as? [String: Any])
        var prompts = try #require(comparison["prompts"] as? [Any])
        prompts.removeLast()
        comparison["prompts"] = prompts
        object["comparison"] = comparison
        try JSONSerialization.data(withJSONObject: object).write(to: URL(filePath: folder.recordPath))
        #expect(throws: LearningError.self) { try folder.record() }
    }

    @Test func `of a newer version is left alone`() throws {
        let fixture = try LearningFixture()
        let folder = try fixture.ready()
        try "{\"version\": 99}".write(toFile: folder.recordPath, atomically: true, encoding: .utf8)
        #expect(throws: LearningError.newer(path: folder.recordPath)) { try folder.update { $0.state = .off } }
        #expect(try String(contentsOfFile: folder.recordPath, encoding: .utf8) == "{\"version\": 99}")
    }

    @Test func `tells when a draft has lost its star or was edited`() {
        let record = LearningFixture.record()
        var current = Dictionary(uniqueKeysWithValues: record.keeps.map { ($0.id, $0.hash) })
        #expect(!record.changes(since: current).isStale)
        current["another/0"] = "new stars change nothing"
        #expect(!record.changes(since: current).isStale)
        current["generation-3/0"] = nil
        current["generation-4/0"] = LearningRecord.Keep.hash(of: "edited since")
        current["generation-5/0"] = nil
        let changes = record.changes(since: current)
        #expect(changes == .init(unstarred: 2, edited: 1) && changes.isStale)
        #expect(LearningError.words(changes) == "2 have no star any more or are gone, 1 was edited")
    }

    @Test func `has a hash of its drafts that does not depend on their order`() {
        let record = LearningFixture.record()
        var other = LearningFixture.record(keeps: record.keeps.reversed())
        #expect(record.keepsHash == other.keepsHash)
        other.keeps[0].isHeldOut.toggle()
        #expect(record.keepsHash != other.keepsHash)
    }

    @Test func `is found by its name, and without one the newest is`() throws {
        let fixture = try LearningFixture()
        #expect(throws: LearningError.none) { try fixture.learnings.folder(named: nil) }
        _ = try fixture.ready(named: "old")
        let new = try fixture.learnings.newFolder(named: "new")
        var record = LearningFixture.record()
        record.start += 60
        try new.write(record)
        #expect(try fixture.learnings.folder(named: nil).name == "new")
        #expect(try fixture.learnings.folder(named: "old").name == "old")
        #expect(throws: LearningError.unknown(name: "mine", known: ["new", "old"])) {
            try fixture.learnings.folder(named: "mine")
        }
        #expect(throws: LearningError.taken(name: "old")) { try fixture.learnings.newFolder(named: "old") }
        #expect(fixture.learnings.freeName() == "style-1")
    }

    @Test(arguments: ["", "a/b", "..", ".x", "a + b", "a:2", "-x", String(repeating: "a", count: 65), "a\n"])
    func `has a name that is a folder and an adapter`(name: String) throws {
        let fixture = try LearningFixture()
        #expect(throws: LearningError.badName(name)) { try fixture.learnings.newFolder(named: name) }
    }
}

@Suite struct `The answers of a comparison` {
    @Test func `are kept at once, and it goes on where it was left`() throws {
        let fixture = try LearningFixture()
        let folder = try fixture.ready()
        for index in 0..<5 { try folder.answer(.left, pair: index) }
        // Another window opens the folder anew.
        let again = LearningFolder(path: folder.path)
        #expect(try again.record().comparison?.next == 5)
        for index in 5..<12 {
            #expect(try again.record().state == .ready && again.record().comparison?.outcome == nil)
            try again.answer(.right, pair: index)
        }
        let record = try folder.record()
        #expect(record.state == .compared)
        let outcome = try #require(record.comparison?.outcome)
        #expect(outcome.result.wins + outcome.result.losses == 12 && outcome.result.ties == 0)
        #expect(throws: LearningError.notReady(name: "style-1", state: .compared)) {
            try folder.answer(.left, pair: 0)
        }
    }

    @Test func `count once when two windows answer the same pair`() throws {
        let fixture = try LearningFixture()
        let folder = try fixture.ready()
        try folder.answer(.left, pair: 0)
        try folder.answer(.right, pair: 0)
        #expect(try folder.record().comparison?.answeredCount == 1)
        #expect(try folder.record().comparison?.blind.pairs[0].answer == .left)
    }

    @Test func `of equal drafts are given by nobody`() {
        let comparison = LearningComparison(
            prompts: (0..<2).map { .init(title: "t", template: nil, text: "\($0)", isHeldOut: false) },
            pairs: [.init(base: "same", adapted: "same"), .init(base: "a", adapted: "b")], seed: 1)
        #expect(comparison.next == 1 && comparison.answeredCount == 1)
    }

    @Test(arguments: [
        (
            10, 2, 0,
            "You preferred the adapter in 10 of 12 pairs and the base in 2. "
                + "It is better: a fair coin would be as far from even 3.9% of the time."
        ),
        (
            2, 10, 0,
            "You preferred the adapter in 2 of 12 pairs and the base in 10. "
                + "It is worse: a fair coin would be as far from even 3.9% of the time."
        ),
        (
            6, 3, 3,
            "You preferred the adapter in 6 of 12 pairs and the base in 3, and neither in 3. "
                + "That does not show that it is better: a fair coin would be as far from even 50.8% of the time, and the limit is 5%."
        ),
    ])
    func `become one verdict with its figures`(wins: Int, losses: Int, ties: Int, sentence: String) throws {
        var comparison = LearningFixture.comparison()
        for index in 0..<12 {
            let isLeft = comparison.blind.isAdaptedLeft(index)
            comparison.answer(
                index < ties ? .equal : (index < ties + wins) == isLeft ? .left : .right, pair: index)
        }
        let outcome = try #require(comparison.outcome)
        #expect(outcome.sentence == sentence)
        #expect(outcome.verdict == (wins == 10 ? .better : wins == 2 ? .worse : .undecided))
    }
}

@Suite struct `The guard of a learning` {
    @Test func `offers an adapter that learned and forgot little`() {
        let losses = LearningLosses(heldOutBefore: 2, heldOutAfter: 1.9, generalBefore: 3, generalAfter: 3.0599)
        #expect(losses.refusal == nil && losses.generalRise > 0.0199)
    }

    @Test(arguments: [
        (2.0, 1.5, 3.0, 3.07, LearningLosses.Refusal.forgotTooMuch), (2.0, 2.0, 3.0, 3.0, .learnedNothing),
        (2.0, 2.1, 3.0, 2.9, .learnedNothing), (2.0, Double.nan, 3.0, 3.0, .learnedNothing),
        (2.0, 1.0, 3.0, Double.nan, .forgotTooMuch),
    ])
    func `refuses others`(
        before: Double, after: Double, general: Double, generalAfter: Double, refusal: LearningLosses.Refusal
    ) {
        let losses = LearningLosses(
            heldOutBefore: before, heldOutAfter: after, generalBefore: general, generalAfter: generalAfter)
        #expect(losses.refusal == refusal)
    }
}
