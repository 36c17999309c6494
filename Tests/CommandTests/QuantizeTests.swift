import Foundation
import Testing

@Suite struct `Quantizing a model` {
    @Test func `the built-in model says the same after a way over floats, and nearly so in fewer bits`() throws {
        let home = try Home()
        try home.write(
            String(repeating: "Write a headline about the new garden behind the school. ", count: 20), to: "text.txt")
        func quantize(_ arguments: String...) throws {
            let run = try home.run(["models", "quantize"] + arguments)
            #expect(run.status == 0, "\(run.error)")
        }
        func perplexity(_ model: String) throws -> Double {
            let json = try home.run("evaluate", "text.txt", "-c", "64", "-m", model, "--json").json
            return try #require(json["perplexity"] as? Double)
        }
        try quantize("built-in", "f32.gguf", "--type", "f32", "--allow-requantize")
        try quantize("f32.gguf", "q8.gguf", "--type", "q8_0")
        try quantize("f32.gguf", "q5.gguf", "--type", "Q5_K_M")
        let before = try perplexity("built-in")
        #expect(try perplexity("q8.gguf") == before)
        func draft(_ model: String) throws -> String {
            try home.run(
                "generate", "article-headline", "--examples", "-n", "1", "--seed", "5", "--no-save", "-m", model
            ).output
        }
        #expect(try draft("q8.gguf") == draft("built-in"))
        #expect(try draft("q5.gguf").count > 1)
        #expect(try abs(perplexity("f32.gguf") / before - 1) < 0.02)
        #expect(try abs(perplexity("q5.gguf") / before - 1) < 0.25)
    }

    @Test func `the report has the documented keys`() throws {
        let home = try Home()
        let json = try home.run(
            "models", "quantize", "built-in", "new.gguf", "--type", "q4_0", "--allow-requantize", "--json"
        ).json
        #expect(Set(json.keys) == ["path", "type", "bytes", "bitsPerWeight", "tensors", "seconds"])
        #expect(json["path"] as? String == "new.gguf")
        #expect(json["type"] as? String == "q4_0")
        let size = try FileManager.default.attributesOfItem(atPath: home.path("new.gguf"))[.size] as? Int
        #expect(json["bytes"] as? Int == size)
        #expect(((json["tensors"] as? [String: Int])?["Q4_0"] ?? 0) > 0)
    }

    @Test func `what is refused is said in a sentence`() throws {
        let home = try Home()
        try home.write("mine", to: "there.gguf")
        let exists = try home.run("models", "quantize", "built-in", "there.gguf", "--type", "q8_0")
        #expect(exists.status == 1)
        #expect(
            exists.error
                == "copydesk: there.gguf: exists already. Choose another name, or remove it first. "
                + "--force replaces it.\n")
        let again = try home.run("models", "quantize", "built-in", "new.gguf", "--type", "q4_0")
        #expect(again.status == 1)
        #expect(
            again.error
                == "copydesk: built-in: tensor 'blk.0.attn_k.weight' is Q8_0 already, and quantizing it again loses more. "
                + "Start from a file in F32, F16 or BF16, or accept the loss. --allow-requantize accepts it.\n")
        #expect(try String(contentsOfFile: home.path("there.gguf"), encoding: .utf8) == "mine")
        let missing = try home.run("models", "quantize", "none.gguf", "new.gguf", "--type", "q8_0")
        #expect(missing.status == 1)
        #expect(missing.error.contains("none.gguf"))
    }

    @Test func `a disk without room leaves nothing behind and harms nothing`() throws {
        let home = try Home()
        try home.write("mine", to: "new.gguf")
        let before = try FileManager.default.contentsOfDirectory(atPath: home.folder.path)
        let line = #"ulimit -f 100; exec "$0" models quantize built-in new.gguf --type f32 --allow-requantize --force"#
        let run = try home.run(["-c", line, executable.path], program: URL(filePath: "/bin/sh"))
        #expect(run.status == 1)
        #expect(
            run.error == "copydesk: new.gguf: cannot be written: File too large. "
                + "Check the free space and the permissions there, or choose another folder.\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.folder.path).sorted() == before.sorted())
        #expect(try String(contentsOfFile: home.path("new.gguf"), encoding: .utf8) == "mine")
    }

    @Test func `a pipe is not replaced by a model, and a name must be given`() throws {
        let home = try Home()
        #expect(mkfifo(home.path("pipe"), 0o600) == 0)
        let pipe = try home.run("models", "quantize", "built-in", "pipe", "--type", "q8_0", "--force")
        #expect(pipe.status == 1)
        #expect(pipe.error.hasPrefix("copydesk: pipe: "))
        let attributes = try FileManager.default.attributesOfItem(atPath: home.path("pipe"))
        #expect(attributes[.type] as? FileAttributeType != .typeRegular)
        #expect(try home.run("models", "quantize", "built-in", "", "--type", "q8_0").status == 2)
    }

    @Test func `an unknown type gets a sentence with the known ones`() throws {
        let run = try Home().run("models", "quantize", "built-in", "new.gguf", "--type", "q9")
        #expect(run.status == 2)
        #expect(run.error.contains("q4_k_m"))
    }
}
