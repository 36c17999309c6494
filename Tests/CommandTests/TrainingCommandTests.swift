// `train` and `finetune`: from text to a model, an adapter, and a draft by it.

import Foundation
import Testing

private let recipe = """
    model: {hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, \
    max_position_embeddings: 64}
    tokenizer: tokenizer.json
    data: text.txt
    documents: line
    packing: false
    batch: 4
    max_steps: 6
    save_steps: 2

    """

private func rows(_ count: Int) -> String {
    (0..<count).map { #"{"prompt": "Say \#($0)", "response": "It is \#($0)."}"# + "\n" }.joined()
}

@Suite struct `Training at the command line` {
    /// A home with a text, its tokenizer and a recipe.
    private func home(_ recipe: String = recipe) throws -> Home {
        let home = try Home()
        let lines = (0..<40).map { "row \($0) of the small book is row \($0 * $0)\n" }
        try home.write(lines.joined(), to: "text.txt")
        try home.write(recipe, to: "recipe.yaml")
        let trained = try home.run(
            "tokenizer", "train", "text.txt", "--vocab", "280", "--special", "<|endoftext|>", "-O", "tokenizer.json")
        #expect(trained.status == 0, "\(trained.error)")
        return home
    }

    private func lines(_ home: Home, _ run: String) throws -> [[String: Any]] {
        try String(contentsOfFile: home.path("\(run)/log.jsonl"), encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func logits(_ home: Home, _ arguments: String...) throws -> [Double] {
        let run = try home.run(["inspect", "logits", "--ids", "3,5,8", "--json"] + arguments)
        #expect(run.status == 0, "\(run.error)")
        return try #require(try run.json["logits"] as? [Double])
    }

    @Test func `a recipe leads from text to a model that writes`() throws {
        let home = try home()
        let run = try home.run("train", "recipe.yaml", "-O", "run", "--json")
        #expect(run.status == 0, "\(run.error)")
        #expect(try run.json["state"] as? String == "finished" && run.json["step"] as? Int == 6)
        let log = try lines(home, "run")
        #expect(log.count == 6)
        #expect(
            log.allSatisfy {
                Set(["step", "loss", "learningRate", "gradientNorm", "targets", "epoch"]).isSubset(of: $0.keys)
            })
        #expect(log.map { $0["step"] as? Int } == [1, 2, 3, 4, 5, 6])
        // Of the checkpoints 2, 4 and 6 two stay.
        let status = try home.run("train", "status", "run", "--json").json
        #expect(status["checkpoints"] as? [Int] == [4, 6] && status["steps"] as? Int == 6)
        #expect(try home.run("train", "status", "run").output.contains("step 6 of 6 · loss "))
        // A log is a file that anyone may have written to.
        let written = try String(contentsOfFile: home.path("run/log.jsonl"), encoding: .utf8)
        try home.write(
            written + #"{"step":7,"epoch":1,"loss":1e308,"targets":-1,"tokensPerSecond":-1e300,"secondsLeft":-5}"#
                + "\n",
            to: "run/log.jsonl")
        #expect(try home.run("train", "status", "run").output.contains("0 tokens/s"))
        try home.write(written, to: "run/log.jsonl")
        let plot = try home.run("train", "plot", "run", "--ascii", "--width", "60", "--height", "10").output
        let drawn = plot.split(separator: "\n" as Character).suffix(10)
        #expect(drawn.last == ". training, smoothed" && drawn.allSatisfy { $0.count <= 60 && $0.allSatisfy(\.isASCII) })
        let draft = try home.run(
            "generate", "-m", "run/final.gguf", "--raw", "--prompt", "row 1", "-o", "max_tokens=5", "--seed", "1",
            "--json")
        #expect(draft.status == 0, "\(draft.error)")
        #expect(try logits(home, "-m", "run/final") == logits(home, "-m", "run/final.gguf"))
    }

    @Test func `an adapter changes the model that it is put on`() throws {
        let home = try Home()
        try home.write(rows(12), to: "rows.jsonl")
        let run = try home.run(
            "finetune", "-m", "built-in", "--data", "rows.jsonl", "-O", "voice", "--lora", "--rank", "2", "--alpha",
            "4",
            "--num_train_epochs", "1", "--per_device_train_batch_size", "4", "--gradient_accumulation_steps", "2",
            "--lr", "1e-2", "--schedule", "constant")
        #expect(run.status == 0, "\(run.error)")
        #expect(run.error.contains("12 rows with ") && run.error.contains("2 updates of 4 × 2 rows"), "\(run.error)")
        #expect(run.output.contains("--adapter voice/final"), "\(run.output)")
        #expect(try lines(home, "voice").map { $0["learningRate"] as? Double } == [0.01, 0.01])
        let base = try logits(home)
        #expect(try logits(home, "--adapter", "voice/final") != base)
        #expect(try logits(home, "--adapter", "voice/final:0") == base)
        #expect(try logits(home, "--adapter", "voice/final.gguf") == logits(home, "--adapter", "voice/final"))

        // The same again, in the same place: nothing is overwritten.
        let again = try home.run(
            "finetune", "-m", "built-in", "--data", "rows.jsonl", "-O", "voice", "--lora", "--rank", "2")
        #expect(again.status == 1 && again.error.contains("holds a run already") && again.error.contains("--resume"))
    }

    @Test func `a run that is told to stop writes a checkpoint, and goes on as if it had not`() throws {
        let long = recipe.replacing("max_steps: 6", with: "max_steps: 400").replacing(
            "save_steps: 2", with: "save_steps: 0")
        let home = try home(long)
        let stopped = try home.run("train", "recipe.yaml", "-O", "run") { process in
            while !FileManager.default.fileExists(atPath: home.path("run/log.jsonl")), process.isRunning {
                usleep(2000)
            }
            process.terminate()
        }
        #expect(stopped.status == 130, "\(stopped.status) \(stopped.error)")
        #expect(stopped.error.contains("with --resume goes on from there"), "\(stopped.error)")
        let status = try home.run("train", "status", "run", "--json").json
        #expect(status["state"] as? String == "stopped" && (status["checkpoints"] as? [Int])?.count == 1)
        #expect(!FileManager.default.fileExists(atPath: home.path("run/final.gguf")))
        let on = try home.run("train", "recipe.yaml", "-O", "run", "--resume")
        #expect(on.status == 0, "\(on.error)")
        let whole = try home.run("train", "recipe.yaml", "-O", "whole")
        #expect(whole.status == 0, "\(whole.error)")
        #expect(
            FileManager.default.contentsEqual(
                atPath: home.path("run/final.gguf"), andPath: home.path("whole/final.gguf")))
        #expect(
            try lines(home, "run").map { $0["loss"] as? Double } == lines(home, "whole").map { $0["loss"] as? Double })
    }

    @Test func `a run without room for a checkpoint says so, and goes on when there is room`() throws {
        let home = try home()
        // In blocks of 512 or 1,024 bytes: the log fits, and the weights do not.
        let limited = "ulimit -f 50; exec '\(executable.path)' train recipe.yaml -O run"
        let full = try home.run(["-c", limited], program: URL(filePath: "/bin/sh"))
        #expect(full.status == 1)
        #expect(
            full.error.hasSuffix(
                "copydesk: run/checkpoint-2/weights.safetensors cannot be written: File too large. Free some space. "
                    + "The same command with --resume then goes on from the beginning.\n"), "\(full.error)")
        let status = try home.run("train", "status", "run", "--json").json
        #expect(status["state"] as? String == "failed" && status["checkpoints"] as? [Int] == [])
        #expect((status["reason"] as? String)?.contains("run/checkpoint-2/weights.safetensors") == true)
        let on = try home.run("train", "recipe.yaml", "-O", "run", "--resume")
        #expect(on.status == 0, "\(on.error)")
        let whole = try home.run("train", "recipe.yaml", "-O", "whole")
        #expect(whole.status == 0, "\(whole.error)")
        #expect(
            FileManager.default.contentsEqual(
                atPath: home.path("run/final.gguf"), andPath: home.path("whole/final.gguf")))
    }

    @Test(arguments: [
        (["--lora", "--batch", "13"], "12 rows to train on, fewer than the 13 of a batch", 1),
        (["--full"], "is quantized", 1),
        (["--lora", "--max-length", "3"], "the longest row has", 1),
        (["--lora", "--val", "none.jsonl"], "none.jsonl", 1),
        (["--lora", "--order", "order.txt"], "there is no row 99", 1),
        (["--lora", "--init-adapter", "nowhere"], "nowhere", 1),
        (["--lora", "--resume"], "has no checkpoint", 1),
        (["--lora", "--eval-steps", "2", "--save-steps", "3", "--validation", "0.3"], "a multiple of the second", 1),
        (["--lora", "--lr", "fast"], "--lr takes a number from 0 to 10", 2),
        (["--lora", "--schedule", "steps"], "one of constant, linear, cosine", 2),
        (["--lora", "--change"], "--change goes with --resume", 2),
        (["--lora", "--full"], "--lora for an adapter, or --full", 2),
        (["--full", "--rank", "4"], "are for adapters", 2),
        (["--lora", "--adapter", "x"], "--adapter is for writing", 2),
    ])
    func `what cannot go well is refused, and nothing is written`(
        options: [String], sentence: String, status: Int32
    ) throws {
        let home = try Home()
        try home.write(rows(12), to: "rows.jsonl")
        try home.write("0 1 99", to: "order.txt")
        let run = try home.run(["finetune", "-m", "built-in", "--data", "rows.jsonl", "-O", "out"] + options)
        #expect(run.status == status && run.error.contains(sentence), "\(run.status) \(run.error)")
        #expect(!FileManager.default.fileExists(atPath: home.path("out")))
    }

    @Test func `a recipe's mistakes are named with their lines`() throws {
        let home = try home(recipe + "epoch: 3\nbatches: 2\n")
        let run = try home.run("train", "recipe.yaml", "-O", "run")
        #expect(
            run.status == 1 && run.error.contains("recipe.yaml:9:") && run.error.contains("'epochs'"), "\(run.error)")
        #expect(run.error.contains("recipe.yaml:10:") && !FileManager.default.fileExists(atPath: home.path("run")))
        let none = try home.run("train", "status", "nowhere")
        #expect(none.status == 1 && none.error.contains("holds no training run"))
    }
}
