import Files
import Foundation
import Generation
import Inference
import Testing

@testable import Models

/// A models folder that is removed with it.
private final class ModelFolder {
    let path = NSTemporaryDirectory() + "copydesk-models-\(UUID().uuidString)"
    static let builtInFile = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/CEmbed/built-in.gguf").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: path + "/own.gguf", withDestinationPath: ModelFolder.builtInFile)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func generators() -> Generators {
        Generators(library: ModelLibrary(folder: path), threadCount: 2, prefixFolder: nil)
    }
}

@Suite struct `Opening a generator by its name` {
    private let folder: ModelFolder

    init() throws { folder = try ModelFolder() }

    private func text(_ generator: any TextGenerator) async throws -> String {
        var request = GenerationRequest(prompt: .raw("Once upon a time"), seed: 3)
        request.sampling.maxTokens = 6
        var text = ""
        for try await event in generator.generate(request, stopSignal: StopSignal()) {
            if case .text(let piece, _) = event { text += piece }
        }
        return text
    }

    @Test func `the built-in model, a name in the folder and a path all write`() async throws {
        let generators = folder.generators()
        let names: [(String?, String)] = [
            (nil, "built-in"), ("built-in", "built-in"), ("own", "own"), (ModelFolder.builtInFile, "built-in"),
        ]
        var texts: Set<String> = []
        for (name, identity) in names {
            let generator = try generators.open(name)
            #expect(generator.identity.name == identity)
            texts.insert(try await text(generator))
        }
        // The same weights, so the same text.
        #expect(texts.count == 1 && texts.first?.isEmpty == false)
    }

    @Test func `a local model tells other processes that it writes, as long as it does`() async throws {
        let activity = ActivityFile(path: folder.path + "/writing.lock")
        let generators = Generators(
            library: ModelLibrary(folder: folder.path), threadCount: 2, prefixFolder: nil, activity: activity)
        let generator = try generators.open(nil)
        #expect(!activity.isActive)
        // Far more than is written until somebody looks, from a thread that no other test can hold.
        var request = GenerationRequest(prompt: .raw("Once upon a time"), variantCount: 8, seed: 3)
        request.sampling.maxTokens = 400
        let (stopSignal, seen, ended) = (StopSignal(), StopSignal(), StopSignal())
        Thread.detachNewThread {
            while !ended.isRaised, !seen.isRaised {
                if activity.isActive { seen.raise() }
                usleep(200)
            }
            stopSignal.raise()
        }
        for try await _ in generator.generate(request, stopSignal: stopSignal) {}
        ended.raise()
        #expect(seen.isRaised && !activity.isActive)
    }

    @Test func `a local model can do all there is, and knows its context`() throws {
        var expected = GeneratorCapabilities.all(contextLength: 512)
        expected.longestPromptBytes = 256 << 10
        #expect(try folder.generators().open(nil).capabilities == expected)
    }

    @Test func `a name that is none is refused with those that are`() throws {
        let error = #expect(throws: ModelLibraryError.self) { try folder.generators().open("orca") }
        #expect(
            error?.description
                == "There is no model 'orca'. The models are: built-in, own. Name one of them, give the path of a GGUF file "
                + "or of a model folder, or put it into \(folder.path).")
    }

    @Test func `the state of a prompt is kept in the folder that is named, and found by the next run`() async throws {
        var limits = PrefixCache.Limits()
        limits.seconds = 0
        let prefixes = folder.path + "/prefixes"
        var request = GenerationRequest(
            prompt: .raw(String(repeating: "the sea and the sky ", count: 30)), seed: 3)
        request.sampling.maxTokens = 1
        var cachedCounts: [Int] = []
        for _ in 0..<2 {
            let generators = Generators(
                library: ModelLibrary(folder: folder.path), threadCount: 2,
                prefixCache: PrefixCache(folder: prefixes, limits: limits))
            for try await event in try generators.open(nil).generate(request, stopSignal: StopSignal()) {
                if case .finished(let timings) = event { cachedCounts.append(timings.cachedPromptTokens) }
            }
            generators.finishWriting()
            #expect(try FileManager.default.contentsOfDirectory(atPath: prefixes).count == 1)
        }
        #expect(cachedCounts.count == 2 && cachedCounts[0] == 0 && cachedCounts[1] > 64)
    }
}

@Suite struct `Looking inside a local model` {
    private let model: LocalModel

    init() throws { model = try ModelFolder().generators().openLocal(nil) }

    @Test func `its tokens put together are the text`() throws {
        let text = Array("Once upon a time, 灯光.".utf8)
        let tokens = try model.tokens(of: text, parseSpecial: false)
        #expect(tokens.count > 1)
        #expect(tokens.flatMap(\.bytes) == text)
    }

    @Test func `the most likely next token has the largest logit`() throws {
        let candidates = try model.nextCandidates(after: "Once upon a", top: 3)
        #expect(candidates.count == 3)
        #expect(candidates[0].logProbability >= candidates[1].logProbability && candidates[0].logProbability <= 0)
        #expect(candidates[0].bytes == Array(" time".utf8))
    }

    @Test func `logits are one for each entry of the vocabulary`() throws {
        let tokens = try model.tokens(of: Array("Once".utf8), parseSpecial: false)
        #expect(try model.logits(after: tokens.map(\.id)).count > 1000)
    }

    @Test func `the prompt is what goes to the model, marks of the chat and all`() throws {
        let request = GenerationRequest(prompt: .chat([Message(.user, "Write.")]), seed: 0)
        let text = try model.promptText(for: request)
        #expect(text.contains("Write.") && text.count > "Write.".count)
    }

    @Test func `a text that is too short to measure is refused with both numbers`() throws {
        let error = #expect(throws: EvaluationError.self) {
            try model.perplexity(of: Array("Once".utf8), contextLength: nil, chunkLimit: nil) { _ in }
        }
        #expect(error?.description.contains("a context of 512 needs 1024 or more") == true)
    }
}

@Suite struct `Rules that no draft can follow` {
    private func problem(
        _ limits: LengthLimits = .init(), _ change: (inout SamplingOptions) -> Void
    ) -> RuleCheck.Problem? {
        var options = SamplingOptions()
        change(&options)
        return RuleCheck.problem(of: options, limits)
    }

    @Test func `are named by their option`() {
        #expect(problem { _ in } == nil)
        #expect(problem { $0.grammar = "root ::= \"a\"" } == nil)
        #expect(problem { $0.grammar = "root ::= unknown" }?.option == "grammar")
        #expect(problem { $0.jsonSchema = "{" }?.option == "json_schema")
        let conflict = problem(LengthLimits(characters: 3)) { $0.mustInclude = ["lamp"] }
        #expect(conflict?.option == "must_include")
        #expect(
            conflict?.sentence
                == "The draft must include \u{201C}lamp\u{201D}, which has 4 characters, and the limit is 3. "
                + "Shorten the phrase, or raise the limit.")
    }
}
