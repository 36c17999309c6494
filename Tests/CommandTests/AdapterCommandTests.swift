// Adapters as a person uses them: on top of the built-in model, by name and by path, in the settings, and merged.

import Foundation
import Testing

extension Home {
    /// An adapter for the first layer's queries of the built-in model, in the models folder.
    fileprivate func makeAdapter(_ name: String = "style") throws {
        let width = 320
        let a = (0..<width).map { Float($0 % 9 - 4) / 8 }, b = (0..<width).map { Float($0 % 7 - 3) / 2 }
        let stem = "base_model.model.model.layers.0.self_attn.q_proj.lora"
        let head =
            #"{"\#(stem)_A.weight":{"dtype":"F32","shape":[1,\#(width)],"data_offsets":[0,\#(4 * width)]},"#
            + #""\#(stem)_B.weight":{"dtype":"F32","shape":[\#(width),1],"data_offsets":[\#(4 * width),\#(8 * width)]}}"#
        var bytes = withUnsafeBytes(of: UInt64(head.utf8.count).littleEndian) { Data($0) } + Data(head.utf8)
        for value in a + b { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        let folder = "data/models/\(name)"
        try write(
            #"{"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": ["q_proj"], "base_model_name_or_path": "a/desk"}"#,
            to: folder + "/adapter_config.json")
        try bytes.write(to: URL(filePath: path(folder + "/adapter_model.safetensors")))
    }

    fileprivate func logits(_ arguments: String...) throws -> [Double] {
        let json = try run(["inspect", "logits", "--ids", "5,6,7", "--json"] + arguments).json
        return try #require(json["logits"] as? [Double])
    }
}

@Suite struct `Adapters on top of a model` {
    @Test func `an adapter is listed as one, and changes the model by its scale`() throws {
        let home = try Home()
        try home.makeAdapter()
        let listed = try home.run("models", "list")
        #expect(listed.output.contains("style     adapter, 640 parameters, rank 1, for desk"), "\(listed.output)")
        let models = try home.run("models", "list", "--json").objects("models")
        let adapter = try #require(models.first { $0["name"] as? String == "style" }?["adapter"] as? [String: Any])
        #expect(adapter["base"] as? String == "a/desk" && adapter["greatestRank"] as? Int == 1)

        let alone = try home.logits(), styled = try home.logits("--adapter", "style")
        #expect(alone != styled)
        #expect(try home.logits("--adapter", "style:0") == alone)
        #expect(try home.logits("--adapter", home.path("data/models/style")) == styled)
        #expect(try home.logits("-m", "built-in + style") == styled)
        let half = try home.logits("--adapter", "style:0.5")
        #expect(half != alone && half != styled)
        // Half and half is one, but for the last bits.
        let twice = try home.logits("--adapter", "style:0.5", "--adapter", "style:0.5")
        #expect(zip(twice, styled).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func `a draft keeps the adapters, and is continued with them`() throws {
        let home = try Home()
        try home.makeAdapter()
        func write(_ arguments: String...) throws -> [String: Any] {
            try home.run(
                [
                    "generate", "--raw", "--prompt", "The tea is", "-n", "1", "--seed", "4", "-o", "max_tokens=8",
                    "--json",
                ]
                    + arguments
            ).json
        }
        func text(_ run: [String: Any]) -> String? { (run["drafts"] as? [[String: Any]])?.first?["text"] as? String }
        func fact(_ key: String, _ run: [String: Any]) -> String? {
            (run["generation"] as? [String: Any])?[key] as? String
        }
        let alone = try write(), styled = try write("--adapter", "style:3"), none = try write("--adapter", "style:0")
        #expect(fact("model", styled) == "built-in + style:3" && fact("model", alone) == "built-in")
        let (hash, styledHash) = (fact("modelHash", alone), fact("modelHash", styled))
        #expect(hash != nil && hash == fact("modelHash", none) && text(alone) == text(none))
        #expect(styledHash != nil && styledHash != hash && text(styled) != text(alone))
        // A draft is continued with the adapters that it was written with.
        let id = try #require((styled["drafts"] as? [[String: Any]])?.first?["id"] as? Int)
        let more = try home.run("generate", "--continue", "\(id)", "-o", "max_tokens=4", "--json").json
        #expect(fact("model", more) == "built-in + style:3" && fact("modelHash", more) == styledHash)

        #expect(try home.run("config", "set", "model", "built-in + style:3").status == 0)
        let set = try write()
        #expect(fact("modelHash", set) == styledHash && text(set) == text(styled))
        // With -m the settings do not count.
        #expect(try text(write("-m", "built-in")) == text(alone))

        // The adapter has changed: its drafts say so when they are continued.
        let weights = URL(filePath: home.path("data/models/style/adapter_model.safetensors"))
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 0x80
        try bytes.write(to: weights)
        let told = try home.run("generate", "--continue", "\(id)", "-o", "max_tokens=4")
        #expect(
            told.status == 0
                && told.error.contains("The files of built-in + style:3 are not those that wrote draft \(id)"),
            "\(told.error)")
    }

    @Test func `a quantized model is merged only into a type that is named`() throws {
        let home = try Home()
        try home.makeAdapter()
        let refused = try home.run("models", "merge", "built-in", "--adapter", "style", "-O", "merged.gguf")
        #expect(refused.status == 1 && refused.error.contains("--type f16 chooses it."), "\(refused.error)")
        #expect(!FileManager.default.fileExists(atPath: home.path("merged.gguf")))
        let none = try home.run("models", "merge", "built-in", "-O", "merged.gguf")
        #expect(none.status == 1 && none.error.contains("--adapter FOLDER names it."), "\(none.error)")
        let json = try home.run(
            "models", "merge", "built-in", "--adapter", "style:3", "-O", "merged.gguf", "--type", "f32", "--json"
        ).json
        #expect(
            Set(json.keys) == [
                "path", "type", "bytes", "matrices", "logitDifference", "logitChange", "seconds",
            ])
        let difference = try #require(json["logitDifference"] as? Double)
        let change = try #require(json["logitChange"] as? Double)
        #expect(json["matrices"] as? Int == 1 && difference < change / 2)
        let merged = try home.logits("-m", "merged.gguf"), beside = try home.logits("--adapter", "style:3")
        #expect(zip(merged, beside).allSatisfy { abs($0 - $1) < change / 2 })
    }

    @Test func `what is wrong is said in a sentence`() throws {
        let home = try Home()
        try home.makeAdapter()
        func error(_ arguments: String...) throws -> String {
            let run = try home.run(["inspect", "logits", "--ids", "5"] + arguments)
            #expect(run.status != 0 && run.output.isEmpty)
            return run.error
        }
        #expect(try error("--adapter", "stile").contains("There is no adapter 'stile'. Did you mean 'style'?"))
        #expect(try error("--adapter", "style:1e6").contains("Give it as --adapter NAME:0.5."))
        #expect(try error("-m", "style").contains("-m MODEL --adapter style does that."))
        #expect(try error("--adapter", "a + b").contains("Give --adapter once for each"))
        #expect(try error("-m", "built-in", "--adapter", "built-in").contains("There is no adapter 'built-in'."))
    }
}
