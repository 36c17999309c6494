import Foundation
import Testing

@Suite struct `Exporting a model` {
    @Test func `the folder of a model writes what the model writes`() throws {
        let home = try Home()
        let run = try home.run("models", "quantize", "built-in", "f32.gguf", "--type", "f32", "--allow-requantize")
        #expect(run.status == 0, "\(run.error)")
        let json = try home.run("models", "export", "f32.gguf", "-O", "folder", "--json").json
        #expect(Set(json.keys) == ["path", "type", "bytes", "logitDifference", "notes", "seconds"])
        #expect(json["type"] as? String == "f32")
        #expect((json["logitDifference"] as? Double ?? 1) <= 1e-4)
        #expect(json["notes"] as? [String] == [])
        func draft(_ model: String) throws -> String {
            try home.run(
                "generate", "article-headline", "--examples", "-n", "1", "--seed", "5", "--no-save", "-m", model
            ).output
        }
        let text = try draft("./folder")
        #expect(text.count > 1)
        #expect(try text == draft("f32.gguf"))
        let names = try FileManager.default.contentsOfDirectory(atPath: home.path("folder")).sorted()
        #expect(
            names == [
                "config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
                "tokenizer_config.json",
            ])
    }

    @Test func `what is refused is said in a sentence`() throws {
        let home = try Home()
        try FileManager.default.createDirectory(atPath: home.path("mine"), withIntermediateDirectories: true)
        try home.write("mine", to: "mine/text.txt")
        let exists = try home.run("models", "export", "built-in", "-O", "mine")
        #expect(exists.status == 1)
        #expect(
            exists.error
                == "copydesk: mine exists already. Choose another name, or remove it first. --force replaces it.\n")
        let forced = try home.run("models", "export", "built-in", "-O", "mine", "--force")
        #expect(forced.status == 1)
        #expect(
            forced.error
                == "copydesk: mine is not replaced, because it is no folder with a model: it has no config.json. "
                + "Choose another name.\n")
        #expect(try String(contentsOfFile: home.path("mine/text.txt"), encoding: .utf8) == "mine")
        let above = try home.run("models", "export", "built-in", "-O", "none/new")
        #expect(above.status == 1)
        #expect(
            above.error == "copydesk: none/new cannot be written, because there is no folder none. Make it first.\n")
    }

    @Test func `a disk without room leaves nothing behind and harms nothing`() throws {
        let home = try Home()
        #expect(try home.run("models", "export", "built-in", "-O", "folder", "--type", "f32").status == 0)
        let settings = try String(contentsOfFile: home.path("folder/config.json"), encoding: .utf8)
        let before = try FileManager.default.contentsOfDirectory(atPath: home.folder.path)
        let line = #"ulimit -f 100; exec "$0" models export built-in -O folder --type bf16 --force"#
        let run = try home.run(["-c", line, executable.path], program: URL(filePath: "/bin/sh"))
        #expect(run.status == 1)
        #expect(
            run.error
                == "copydesk: folder/model.safetensors cannot be written: File too large. Free some space.\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.folder.path).sorted() == before.sorted())
        #expect(try String(contentsOfFile: home.path("folder/config.json"), encoding: .utf8) == settings)
    }

    @Test func `a folder needs a name, and an unknown type gets a sentence with the known ones`() throws {
        let home = try Home()
        #expect(try home.run("models", "export", "built-in", "-O", "").status == 2)
        let run = try home.run("models", "export", "built-in", "-O", "new", "--type", "q8_0")
        #expect(run.status == 2)
        #expect(run.error.contains("bf16"))
    }
}
