import Foundation
import Testing

@testable import Training

@Suite struct `A recipe` {
    private func recipe(_ text: String) throws -> Recipe {
        let folder = try TemporaryFolder()
        try text.write(toFile: folder.path("recipe.yaml"), atomically: true, encoding: .utf8)
        return try Recipe(path: folder.path("recipe.yaml"))
    }

    private static let model = """
        model: {hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, \
        max_position_embeddings: 64}
        tokenizer: words/tokenizer.json
        data: corpus.txt

        """

    @Test func `says a new model, its data and its run, with paths beside it`() throws {
        let recipe = try recipe(
            Self.model + """
                epochs: 2
                batch: 8
                lr: 0.003
                schedule: linear
                validation: 0.1
                sample: {prompt: Once, every: 10, tokens: 5}
                """)
        guard case .fresh(let fresh) = recipe.beginning else { throw RecipeError(problems: []) }
        #expect(fresh.shape.hiddenSize == 32 && fresh.shape.keyValueHeadCount == 2 && fresh.shape.contextLength == 64)
        #expect(fresh.shape.intermediateSize == 96 && fresh.shape.tiesEmbeddings && fresh.name == "recipe")
        #expect(fresh.tokenizer.hasPrefix("/") && fresh.tokenizer.hasSuffix("/words/tokenizer.json"))
        let settings = recipe.job.settings
        #expect(settings.epochs == 2 && settings.batchSize == 8 && settings.schedule.peak == 0.003)
        #expect(settings.schedule.shape == .linear && settings.schedule.warmupStart == .firstStep)
        #expect(recipe.job.encoding.validationShare == 0.1 && recipe.job.sample?.maxTokens == 5)
    }

    @Test func `takes the names of Hugging Face's trainer for the same settings`() throws {
        let ours = try recipe(
            Self.model + "epochs: 3\nbatch: 2\naccumulate: 4\nlr: 0.01\nsave_limit: 5\nlog_steps: 7\nclip: 0.5\n")
        let theirs = try recipe(
            Self.model + """
                num_train_epochs: 3
                per_device_train_batch_size: 2
                gradient_accumulation_steps: 4
                learning_rate: 1e-2
                save_total_limit: 5
                logging_steps: 7
                max_grad_norm: 0.5
                """)
        #expect(ours.job.settings == theirs.job.settings)
        #expect(theirs.job.settings.batchSize == 2 && theirs.job.settings.accumulation == 4)
    }

    @Test func `goes on from a model with an adapter`() throws {
        let recipe = try recipe("base: built-in\ndata: [a.jsonl, b.jsonl]\nlora: {rank: 4, alpha: 8, targets: qv}\n")
        guard case .model("built-in") = recipe.beginning else { throw RecipeError(problems: []) }
        #expect(recipe.job.part == .adapters(rank: 4, alpha: 8, targets: .qv) && recipe.job.data.count == 2)
    }

    @Test(arguments: [
        ("", "is empty"),
        ("data: [x\n", ":"),
        ("data: a.txt\n", "needs a 'model' with its sizes"),
        ("base: built-in\n", "needs 'data'"),
        (model + "epoch: 3\n", "Did you mean 'epochs'?"),
        (model + "batch: 0\n", "'batch' is a whole number from 1"),
        (model + "lr: fast\n", "'lr' is a number from 0 to 10"),
        (model + "epochs: 2\nnum_train_epochs: 3\n", "are one setting"),
        (model + "validation: 1.5\n", "a share between 0 and 1"),
        (model + "schedule: cosin\n", "one of constant, linear, cosine"),
        (model + "lora: true\n", "no weights for 'lora' to adapt"),
        ("base: x\ndata: a.txt\nlora: {rank: 0}\n", "'rank' is a whole number from 1"),
        (
            "model: {hidden_size: 30, num_hidden_layers: 2, num_attention_heads: 4, max_position_embeddings: 64}\n"
                + "tokenizer: t\ndata: a\n", "which 4 heads do not divide"
        ),
        ("model: {hidden_size: 32}\ntokenizer: t\ndata: a\n", "'model' needs 'num_hidden_layers'"),
        (
            "model: {hidden_size: 99999999999999999999, num_hidden_layers: 1, num_attention_heads: 1, context_length: 9}\n"
                + "tokenizer: t\ndata: a\n", "'hidden_size' is a whole number"
        ),
    ])
    func `names what is wrong, and where`(text: String, sentence: String) throws {
        let error = #expect(throws: RecipeError.self) { try recipe(text) }
        #expect("\(error.map(\.description) ?? "")".contains(sentence), "\(error.map(\.description) ?? "")")
        #expect(error?.problems.allSatisfy { $0.file.hasSuffix("recipe.yaml") } == true)
    }

    @Test func `names all problems of a file at once`() throws {
        let error = #expect(throws: RecipeError.self) { try recipe(Self.model + "batch: x\nclip: y\nseed: -1\n") }
        #expect(error?.problems.map(\.line) == [4, 5, 6])
    }
}
