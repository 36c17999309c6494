// `learn`: from starred drafts to an adapter, to pairs, to a verdict, and to its use.

import Foundation
import Generation
import Store
import Studio
import Testing
import Training

@testable import copydesk

/// A home with a store of starred drafts.
struct LearnHome {
    let home: Home
    var learned: String { home.path("data/copydesk.learned") }

    init(stars: Int, edited: (Int) -> Bool = { $0.isMultiple(of: 2) }) throws {
        home = try Home()
        try FileManager.default.createDirectory(atPath: home.path("data"), withIntermediateDirectories: true)
        let store = try store()
        for number in 0..<stars {
            let id = try keep(number, in: store)
            if edited(number) {
                _ = try store.revise(draftId: id, text: "Ahoy! Product \(number), ye lubbers.", origin: .edit)
            }
            try store.setStarred(true, draftIds: [id])
        }
        try store.close()
    }

    func store() throws -> DraftStore { try DraftStore.open(path: home.path("data/copydesk.db")) }

    /// - Returns: the id of the draft.
    private func keep(_ number: Int, in store: DraftStore) throws -> Int64 {
        let words = "Write a slogan for product \(number)."
        let new = SavedGeneration(
            title: words, fields: ["prompt": words],
            prompt: "<|im_start|>user\n\(words)<|im_end|>\n<|im_start|>assistant\n",
            model: ModelIdentity(name: "built-in", hash: "1", engine: CopydeskVersion.engine), seed: UInt64(number),
            drafts: [SavedDraft(id: 0, generationId: 0, ordinal: 0, text: "", createdAt: 0, updatedAt: 0)])
        var kept = try store.beginGeneration(new)
        kept.drafts[0].text = "Product \(number) is good."
        kept.drafts[0].finishReason = .stop
        kept.status = .complete
        try store.finishGeneration(kept)
        return kept.drafts[0].id
    }

    /// A learning of the stars whose pairs wait for answers, written without any training.
    func ready(_ name: String = "style-1", pairs: Int = 12) throws -> LearningFolder {
        let folder = try Learnings(path: learned).newFolder(named: name)
        let store = try store()
        defer { try? store.close() }
        var keeps: [LearningRecord.Keep] = []
        for (id, hash) in try StarredKeeps.hashes(store).sorted(by: { $0.key < $1.key }) {
            keeps.append(.init(id: id, hash: hash, isEdited: false, isHeldOut: keeps.count < 7))
        }
        var record = LearningRecord(
            base: .init(name: "built-in", hash: "1"), template: nil, keeps: keeps, editedWeight: 3, generalRowCount: 4,
            job: .learning, plannedPairs: pairs)
        record.state = .ready
        record.losses = LearningLosses(heldOutBefore: 2.5, heldOutAfter: 2, generalBefore: 3, generalAfter: 3.01)
        record.comparison = LearningComparison(
            prompts: (0..<pairs).map { .init(title: "Slogan", template: nil, text: "prompt \($0)", isHeldOut: false) },
            pairs: (0..<pairs).map { .init(base: "plain text \($0)", adapted: "other text \($0)") }, seed: 3,
            copies: .init(base: 0, adapted: 0.25))
        try folder.write(record)
        return folder
    }

    /// The answers that prefer the adapter in the first `wins` pairs, and the base in the others.
    func answers(_ folder: LearningFolder, wins: Int) throws -> [String] {
        let blind = try #require(try folder.record().comparison).blind
        return blind.pairs.indices.filter { blind.pairs[$0].answer == nil }.map { index in
            (index < wins) == blind.isAdaptedLeft(index) ? "1" : "2"
        }
    }
}

@Suite struct `Learning from stars` {
    @Test(arguments: [0, 12])
    func `is refused below thirty kept drafts, and nothing is written`(stars: Int) throws {
        let learn = try LearnHome(stars: stars)
        let run = try learn.home.run("learn")
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.error.contains("You have kept \(stars) drafts; learning begins at 30."), "\(run.error)")
        #expect(!FileManager.default.fileExists(atPath: learn.learned))
        let status = try learn.home.run("learn", "status")
        #expect(status.status == 0 && status.error.contains("Nothing has been learned yet."), "\(status.error)")
        #expect(try learn.home.run("learn", "status", "--json").objects("learnings").isEmpty)
    }

    @Test func `takes no draft without a star, and not one of another template`() throws {
        let learn = try LearnHome(stars: 31)
        let store = try learn.store()
        let ids = try store.reading(.all) { reader in
            var ids: [Int64] = []
            try reader.forEach(.all) { ids.append($0.draft.id) }
            return ids
        }
        try store.setStarred(false, draftIds: [ids[0]])
        try store.close()
        let missing = try learn.home.run("learn", "--template", "slogans")
        #expect(missing.status == 1 && missing.error.contains("slogan"), "\(missing.error)")
        let other = try learn.home.run("learn", "--template", "slogan")
        #expect(other.status == 1 && other.error.contains("You have kept 0 drafts"), "\(other.error)")
        let store2 = try learn.store()
        try store2.setStarred(false, draftIds: [ids[1]])
        try store2.close()
        let run = try learn.home.run("learn")
        #expect(
            run.status == 1 && run.error.contains("You have kept 29 drafts; learning begins at 30."), "\(run.error)")
    }

    @Test(arguments: [
        (["--pairs", "11"], "--pairs takes a number from 12 to 200", 2),
        (["--rank", "0"], "--rank takes a number from 1 to 4096", 2),
        (["--epochs", "many"], "--epochs takes a number", 2),
        (["--adapter", "x"], "--adapter cannot be given", 2),
        (["--resume", "--epochs", "2"], "--resume goes on with the settings", 2),
        (["--resume"], "Nothing has been learned yet.", 1),
        (["--name", "a/b"], "cannot be the name of a learning", 1),
        (["--name", "built-in"], "There is a model or an adapter 'built-in' already", 1),
        (["-m", "nowhere"], "nowhere", 1),
    ])
    func `refuses what cannot go well, and writes nothing`(options: [String], sentence: String, status: Int32) throws {
        let learn = try LearnHome(stars: 30)
        let run = try learn.home.run(["learn"] + options)
        #expect(run.status == status && run.error.contains(sentence), "\(run.status) \(run.error)")
        #expect(!FileManager.default.fileExists(atPath: learn.learned))
    }

    @Test func `goes the whole way, is adopted, turned off and on, and removed`() throws {
        let learn = try LearnHome(stars: 32)
        let home = learn.home
        let started = try home.run(
            "learn", "--pairs", "12", "--epochs", "2", "--rank", "2", "--lr", "2e-3", "--name", "pirate", "--json")
        #expect(started.status == 0, "\(started.error)")
        let report = try started.json
        #expect(report["state"] as? String == "ready", "\(report) \(started.error)")
        #expect(
            started.error.contains("25 drafts to learn from · 7 held out by their prompts · 16 edited"),
            "\(started.error)")
        let losses = try #require(report["losses"] as? [String: Double])
        #expect((losses["heldOutAfter"] ?? 9) < losses["heldOutBefore"] ?? 0)
        #expect(report["result"] == nil && report["stale"] == nil)
        let runs = try home.run("train", "status", "--json").objects("runs")
        #expect(runs.count == 1 && runs.first?["state"] as? String == "finished")

        let folder = try Learnings(path: learn.learned).folder(named: nil)
        let comparison = try #require(try folder.record().comparison)
        let heldOut = comparison.prompts.map(\.isHeldOut)
        #expect(heldOut.count == 12 && heldOut.contains(true), "held-out prompts are compared first")
        #expect(heldOut == heldOut.sorted { $0 && !$1 })
        #expect(Set(comparison.prompts.map { "\($0.title)\($0.text)" }).count == 12, "each prompt once")
        let compared = try home.run(
            ["learn", "compare", "--json"], input: try learn.answers(folder, wins: 12).joined(separator: "\n"))
        #expect(compared.status == 0, "\(compared.error)")
        let result = try #require(try compared.json["result"] as? [String: Any])
        #expect(result["losses"] as? Int == 0 && (result["wins"] as? Int ?? 0) > 5)

        let choices = ChoicesFile(storePath: home.path("data/copydesk.db"))
        try choices.write(RememberedChoices(model: "built-in", conversation: "kept"))
        func chosen() -> RememberedChoices? { if case .choices(let found) = choices.read() { found } else { nil } }
        let adopted = try home.run("learn", "adopt")
        #expect(adopted.status == 0, "\(adopted.error)")
        #expect(
            adopted.output == "'pirate' is on. The setting `model` and the studio now name built-in + pirate.\n",
            "\(adopted.output)")
        #expect(chosen() == RememberedChoices(model: "built-in + pirate", conversation: "kept"))
        func model() throws -> String {
            let draft = try home.run("generate", "--prompt", "Hello", "-o", "max_tokens=3", "--seed", "1", "--json")
            let generation = try #require(try draft.json["generation"] as? [String: Any], "\(draft.error)")
            return "\(generation["model"] ?? "")"
        }
        #expect(try model().contains("built-in + pirate"))
        let status = try home.run("learn", "status").output
        #expect(status.contains("It is better") && status.contains("adopted. `copydesk learn off`"), "\(status)")
        #expect(try home.run("models", "list").output.contains("pirate"))

        let off = try home.run("learn", "off")
        #expect(
            off.output == "'pirate' is off. The setting `model` and the studio now name built-in.\n", "\(off.output)")
        #expect(chosen()?.model == "built-in")
        #expect(try !model().contains("pirate"))
        #expect(try home.run("learn", "off").status == 1)
        #expect(try home.run("learn", "on").status == 0)
        #expect(try model().contains("built-in + pirate"))

        let unasked = try home.run("learn", "remove", "pirate")
        #expect(unasked.status == 1 && unasked.error.contains("--yes removes it"))
        #expect(try home.run("learn", "remove", "pirate", "--yes").status == 0)
        #expect(try !model().contains("pirate"))
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        #expect(try !home.run("models", "list").output.contains("pirate"))
    }
}

@Suite struct `Learning in the background` {
    @Test func `goes on when its command has ended, until the pairs can be compared`() async throws {
        try await onThread {
            let learn = try LearnHome(stars: 30)
            let started = try learn.home.run(
                "learn", "--background", "--pairs", "12", "--epochs", "1", "--rank", "1", "--lr", "1e-2")
            try #require(started.status == 0, "\(started.error)")
            #expect(started.output.hasPrefix("'style-1' goes on in the background"), "\(started.output)")
            #expect(started.error.contains("24 drafts to learn from"), "\(started.error)")
            let folder = try Learnings(path: learn.learned).folder(named: "style-1")
            let end = ContinuousClock.now + .seconds(600)
            while [.training, .writing].contains(try folder.record().state) {
                // Only a learning that hangs gets there.
                try #require(ContinuousClock.now < end)
                usleep(50_000)
            }
            #expect(try folder.record().state == .ready)
            #expect(try learn.home.run("learn", "status").output.contains(" of 12 pairs have an answer."))
        }
    }

    @Test func `says here what is wrong, and starts nothing`() async throws {
        try await onThread {
            let learn = try LearnHome(stars: 3)
            let run = try learn.home.run("learn", "--background")
            #expect(run.status == 1 && run.output.isEmpty)
            #expect(run.error.contains("You have kept 3 drafts; learning begins at 30."), "\(run.error)")
            #expect(!FileManager.default.fileExists(atPath: learn.learned))
        }
    }

    @Test func `that was stopped goes on with its own settings`() async throws {
        try await onThread {
            let learn = try LearnHome(stars: 30)
            let stopped = try learn.home.run("learn", "--pairs", "12", "--epochs", "400", "--lr", "1e-5") { process in
                let log = learn.learned + "/style-1/run/log.jsonl"
                while !FileManager.default.fileExists(atPath: log), process.isRunning { usleep(2000) }
                process.terminate()
            }
            #expect(
                stopped.status == 130 && stopped.error.contains("`copydesk learn --resume --name style-1` goes on."))
            let folder = try Learnings(path: learn.learned).folder(named: "style-1")
            #expect(try folder.record().state == .training && folder.record().settings.epochs == 400)
            let status = try learn.home.run("learn", "status").output
            #expect(
                status.contains("stopped while training. `copydesk learn --resume --name style-1` goes on."),
                "\(status)")
            // It would go on for long, so it is stopped again: it has made updates behind the first stop.
            let step = try #require(CheckpointFolder(path: folder.run.path).steps().last)
            let again = try learn.home.run("learn", "--resume") { process in
                while (CheckpointFolder(path: folder.run.path).steps().last ?? 0) <= step, process.isRunning {
                    usleep(2000)
                }
                process.terminate()
            }
            #expect(again.status == 130, "\(again.error)")
            // A draft that has changed ends it.
            let store = try learn.store()
            try store.setStarred(false, draftIds: [1])
            try store.close()
            let changed = try learn.home.run("learn", "--resume")
            #expect(
                changed.status == 1
                    && changed.error.contains(
                        "its drafts have changed since it began: 1 has no star any more or is gone."),
                "\(changed.error)")
        }
    }
}

@Suite struct `Comparing at the command line` {
    @Test func `stops and goes on, tells no side before the end, and then tells all`() throws {
        let learn = try LearnHome(stars: 32)
        let folder = try learn.ready()
        let answers = try learn.answers(folder, wins: 10)
        let first = try learn.home.run(["learn", "compare"], input: answers[..<5].joined(separator: "\n") + "\nq\n")
        #expect(first.status == 0, "\(first.error)")
        #expect(first.output.contains("Pair 1 of 12 · Slogan\nprompt 0\n"), "\(first.output)")
        #expect(first.output.contains("── 1 ──") && first.output.contains("── 2 ──"))
        #expect(first.output.hasSuffix("5 of 12 pairs have an answer. The same command goes on.\n"), "\(first.output)")
        // What is shown and what `status` says before the end names neither side.
        let status = try learn.home.run("learn", "status")
        let json = try learn.home.run("learn", "status", "style-1", "--json")
        for text in [status.output, json.output] {
            #expect(!text.contains("wins") && !text.contains("preferred") && !text.contains("chance"), "\(text)")
            #expect(!text.contains("Copied") && !text.contains("copies"))
        }
        #expect(status.output.contains("5 of 12 pairs have an answer."))
        for word in ["base", "adapter", "adapted"] { #expect(!first.output.contains(word), "\(first.output)") }

        let looked = try learn.home.run("learn", "compare", "--json").json
        let next = try #require(looked["next"] as? [String: Any])
        #expect(next["pair"] as? Int == 6 && looked["answered"] as? Int == 5 && looked["result"] == nil)
        let sides = try #require(try folder.record().comparison).sides(5)
        #expect(next["first"] as? String == sides.left && next["second"] as? String == sides.right)

        let second = try learn.home.run(["learn", "compare"], input: answers[5...].joined(separator: "\n"))
        #expect(second.status == 0, "\(second.error)")
        #expect(!second.output.contains("Pair 5 of 12") && second.output.contains("Pair 6 of 12"))
        #expect(
            second.output.contains(
                "You preferred the adapter in 10 of 12 pairs and the base in 2. It is better: a fair coin would be as far "
                    + "from even 3.9% of the time."), "\(second.output)")
        #expect(second.output.contains("base 0.0%, adapter 25.0%."))
        let again = try learn.home.run(["learn", "compare"], input: "1\n")
        #expect(again.status == 1 && again.error.contains("a second look would change the chances"))
    }

    @Test func `keeps the answers before a line that is none`() throws {
        let learn = try LearnHome(stars: 32)
        let folder = try learn.ready()
        let run = try learn.home.run(["learn", "compare"], input: "1\n\n=\n3\n2\n")
        #expect(run.status == 1 && run.error.contains("Line 4: '3' is no answer. Give 1, 2, = or q."), "\(run.error)")
        #expect(try folder.record().comparison?.blind.pairs.prefix(3).map(\.answer) == [.left, .equal, nil])
    }

    @Test func `does not adopt what is not better, with the figures`() throws {
        let learn = try LearnHome(stars: 32)
        let folder = try learn.ready()
        let early = try learn.home.run("learn", "adopt")
        #expect(
            early.status == 1 && early.error.contains("0 of 12 pairs of 'style-1' have an answer"), "\(early.error)")
        _ = try learn.home.run(["learn", "compare"], input: try learn.answers(folder, wins: 7).joined(separator: "\n"))
        let refused = try learn.home.run("learn", "adopt")
        #expect(refused.status == 1)
        #expect(
            refused.error.contains(
                "'style-1' is not adopted. You preferred the adapter in 7 of 12 pairs and the base in 5. That does not show "
                    + "that it is better: a fair coin would be as far from even 77.4% of the time"), "\(refused.error)")
        #expect(refused.error.contains("--anyway adopts it nevertheless."))
        #expect(try folder.record().state == .compared)
        // There is no adapter here, so even --anyway changes nothing.
        #expect(try learn.home.run("learn", "adopt", "--anyway").status == 1)
        #expect(try folder.record().state == .compared && folder.record().adoption == nil)
    }

    @Test func `tells when a draft lost its star or was edited`() throws {
        let learn = try LearnHome(stars: 32)
        _ = try learn.ready()
        #expect(try !learn.home.run("learn", "status").output.contains("Stale"))
        let store = try learn.store()
        try store.setStarred(false, draftIds: [1, 2])
        _ = try store.revise(draftId: 3, text: "another text", origin: .edit)
        try store.close()
        let status = try learn.home.run("learn", "status").output
        #expect(
            status.contains("Stale: of its drafts 2 have no star any more or are gone, 1 was edited."), "\(status)")
        let json = try learn.home.run("learn", "status", "style-1", "--json").json
        #expect(json["stale"] as? [String: Int] == ["unstarred": 2, "edited": 1])
    }

    @Test func `says which record is damaged, and shows the others`() throws {
        let learn = try LearnHome(stars: 32)
        _ = try learn.ready("good")
        let bad = try learn.ready("bad")
        try "{\"version\": 1, \"sta".write(toFile: bad.recordPath, atomically: true, encoding: .utf8)
        let status = try learn.home.run("learn", "status")
        #expect(status.status == 1 && status.output.hasPrefix("good: "), "\(status.output)")
        #expect(
            status.error.contains(
                "bad/learning.json cannot be used: it is no record of a learning, or it is cut short."),
            "\(status.error)")
        #expect(try learn.home.run("learn", "remove", "bad", "--yes").status == 0)
        #expect(try learn.home.run("learn", "status").status == 0)
    }
}

@Suite struct `Two drafts beside each other` {
    @Test func `stand in columns if there is room, else one below the other`() {
        let text = "The lamp is on, and the wide 漢字 line goes on and on until it has to break somewhere near here."
        let wide = SideBySide.lines(text, "short", columns: 120)
        #expect(wide.count > 2 && wide.allSatisfy { $0.contains(" │ ") })
        #expect(wide[1].hasSuffix(" │ short") && wide[0].hasPrefix("1 ") && wide[0].hasSuffix(" │ 2"))
        let narrow = SideBySide.lines(text, "short", columns: 60)
        #expect(narrow.first == "── 1 ──" && narrow.suffix(2) == ["── 2 ──", "short"])
        let long = SideBySide.lines(String(repeating: "x", count: 300), "y", columns: 120)
        #expect(long.count > 5 && long.allSatisfy { $0.count <= 120 })
        // What a terminal would obey is not shown to it.
        #expect(!SideBySide.lines("a\u{1B}[31mb", "", columns: 120).joined().contains("\u{1B}"))
    }
}
