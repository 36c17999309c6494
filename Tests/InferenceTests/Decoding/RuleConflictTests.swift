import Generation
import Testing

@testable import Inference

@Suite struct `Rules that contradict each other` {
    private func conflict(_ limits: LengthLimits = .init(), _ change: (inout SamplingOptions) -> Void) -> String? {
        var options = SamplingOptions()
        change(&options)
        do {
            try RuleConflict.check(options, limits)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `are a required phrase and a banned part of it, in any case and form`() {
        #expect(
            conflict {
                $0.mustInclude = ["lighthouse"]; $0.bannedPhrases = ["dark", "LIGHT"]
            } == "The draft must include “lighthouse” and must not contain “LIGHT”, which is part of it. "
                + "Remove one of the two.")
        #expect(
            conflict {
                $0.mustInclude = ["Straße"]; $0.bannedPhrases = ["STRASSE"]
            } != nil)
        #expect(
            conflict {
                $0.mustInclude = ["cafe\u{301}"]; $0.bannedPhrases = ["café"]
            } != nil)
        #expect(
            conflict {
                $0.mustInclude = ["light"]; $0.bannedPhrases = ["lighthouse"]
            } == nil)
    }

    @Test func `are a required phrase and a stop inside it`() {
        #expect(
            conflict {
                $0.mustInclude = ["v2.1"]; $0.stop = ["."]
            } == "The draft must include “v2.1”, and it ends before “.”, which is part of it. Remove one of the two.")
        #expect(
            conflict {
                $0.mustInclude = ["END"]; $0.stop = ["end"]
            } == nil)
    }

    @Test func `are required phrases and a hard limit that they do not fit`() {
        #expect(
            conflict(LengthLimits(characters: 8)) { $0.mustInclude = ["desk lamp"] }
                == "The draft must include “desk lamp”, which has 9 characters, and the limit is 8. "
                + "Shorten the phrase, or raise the limit.")
        #expect(conflict(LengthLimits(sentences: 1)) { $0.mustInclude = ["Stop. Go."] } != nil)
        #expect(conflict(LengthLimits(sentences: 1)) { $0.mustInclude = ["Buy now!", "Call us!"] } != nil)
        #expect(conflict(LengthLimits(lines: 1)) { $0.mustInclude = ["a\nb"] } != nil)
        #expect(conflict(LengthLimits(characters: 8, hard: false)) { $0.mustInclude = ["desk lamp"] } == nil)
        #expect(
            conflict(LengthLimits(characters: 15)) { $0.mustInclude = ["quick", "bright", "new"] }
                == "The phrases that the draft must include have 16 characters together, and the limit is 15. "
                + "Require fewer, or raise the limit.")
        #expect(conflict(LengthLimits(characters: 12)) { $0.mustInclude = ["desk lamp", "lamp oil"] } == nil)
    }

    @Test func `fail before anything is written`() async throws {
        let generator = try BuiltInModel.generator()
        await #expect(throws: RuleConflict.banned(required: "lighthouse", banned: "light")) {
            _ = try await generator.write(
                BuiltInModel.request("Write.", variantCount: 1) {
                    $0.sampling.mustInclude = ["lighthouse"]
                    $0.sampling.bannedPhrases = ["light"]
                })
        }
    }
}
