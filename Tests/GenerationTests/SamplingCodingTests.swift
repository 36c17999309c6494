// Options in stores: what earlier versions wrote is read, and nothing is lost on the way.

import Foundation
import Testing

@testable import Generation

@Suite struct `Stored sampling options` {
    private func decode(_ json: String) throws -> SamplingOptions {
        try JSONDecoder().decode(SamplingOptions.self, from: Data(json.utf8))
    }

    @Test func `options that version 0.1 stored are read`() throws {
        // As written by copydesk 0.1.0, every option changed.
        let options = try decode(
            ##"""
            {"alternatives":5,"bannedPhrases":["very"],"dryAllowedLength":3,"dryBase":2,"dryMultiplier":0.5,
             "drySequenceBreakers":["\n",";"],"dynamicTemperatureExponent":2,"dynamicTemperatureRange":0.25,
             "epsilonCutoff":0.001,"etaCutoff":0.002,"frequencyPenalty":0.5,"grammar":"root ::= \"a\"",
             "jsonSchema":"{}","logitBias":{"42":-5,"7":1.5},"maxTokens":99,"minP":0.05,"minTokens":4,"mirostat":2,
             "mirostatEta":0.2,"mirostatTau":4,"mustInclude":["tea"],"noRepeatNgramSize":3,"penaltyWindow":128,
             "presencePenalty":0.25,"repetitionPenalty":1.25,"stop":["##"],"temperature":0.5,"topK":40,"topNSigma":1.5,
             "topP":0.75,"typicalP":0.875,"xtcProbability":0.5,"xtcThreshold":0.125}
            """##)
        let newer = ["best_of", "tidy", "distinct", "reasoning"]
        for option in SamplingOption.all where !newer.contains(option.name) {
            #expect(option.value(in: options) != option.defaultValue, "\(option.name)")
        }
        #expect(options.alternatives == 5 && options.jsonSchema == "{}" && options.logitBias == [42: -5, 7: 1.5])
        #expect(options.drySequenceBreakers == ["\n", ";"] && options.xtcThreshold == 0.125 && options.topK == 40)
    }

    @Test func `a value that is missing, null, unknown or of another type does not lose the rest`() throws {
        #expect(try decode("{}") == SamplingOptions())
        let options = try decode(
            #"{"temperature":0.5,"topK":null,"minP":"low","stop":"News","fromTheFuture":{"a":[1]},"logitBias":[1,2]}"#)
        var expected = SamplingOptions()
        expected.temperature = 0.5
        #expect(options == expected)
    }

    @Test func `any options come back as they were stored`() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<100 {
            var options = SamplingOptions()
            for option in SamplingOption.all { option.set(option.random(using: &random), in: &options) }
            let data = try JSONEncoder().encode(options)
            #expect(try JSONDecoder().decode(SamplingOptions.self, from: data) == options)
        }
    }

    @Test func `a missing text is not stored`() throws {
        let json = String(decoding: try JSONEncoder().encode(SamplingOptions()), as: UTF8.self)
        #expect(!json.contains("grammar") && !json.contains("jsonSchema"))
        #expect(json.contains("drySequenceBreakers"))
    }
}
