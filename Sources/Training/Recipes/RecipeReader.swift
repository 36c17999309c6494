import Foundation
import Generation
import Inference
import Tensors
import YAMLReading
import Yams

/// Reads the keys of a recipe and notes what is wrong with them.
struct RecipeReader {
    private var nodes: NodeReader
    private let folder: URL
    private let file: URL

    init(path: String) {
        nodes = NodeReader(file: path, lineOffset: 0)
        file = URL(filePath: path)
        folder = file.deletingLastPathComponent()
    }

    var problems: [FileProblem] { nodes.problems }

    /// Keys that are not settings with one value.
    private static let keys = [
        "base", "model", "name", "tokenizer", "eos_token", "chat_template", "data", "validation", "order", "columns",
        "documents", "lora", "init_adapter", "sample",
    ]
    private static let shapeKeys = [
        "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
        "intermediate_size", "max_position_embeddings", "context_length", "tie_word_embeddings", "rms_norm_eps",
        "layer_norm_epsilon", "rope_theta", "initializer_range", "scale_residual",
    ]

    mutating func recipe(_ root: Node.Mapping) -> Recipe? {
        let settings = JobSetting.all.flatMap { [$0.name] + $0.otherNames }
        let values = nodes.values(of: root, known: Self.keys + settings, in: "A recipe")
        let place = root.first?.value
        var job = TrainingJob()
        let beginning = beginning(values, at: place)
        if case .fresh? = beginning { Self.setUsualValues(&job) }
        apply(values, to: &job)
        readData(values, into: &job, at: place)
        readPart(values, into: &job)
        readSample(values["sample"], into: &job)
        if case .fresh? = beginning, job.part != .everything {
            nodes.note(
                "A new model has no weights for 'lora' to adapt. Leave it out, or name a 'base'.", at: values["lora"])
        }
        return beginning.map { Recipe(beginning: $0, job: job) }
    }

    /// What is usual where a model is trained from nothing, before the recipe's own values.
    private static func setUsualValues(_ job: inout TrainingJob) {
        job.settings.schedule = LearningRateSchedule(
            shape: .cosine, peak: 1e-3, minimum: 1e-4, warmup: 0.02, warmupStart: .firstStep)
        job.settings.optimizer.weightDecay = 0.1
        job.settings.optimizer.beta2 = 0.95
        job.packs = true
    }

    private mutating func apply(_ values: [String: Node], to job: inout TrainingJob) {
        for setting in JobSetting.all {
            let given = ([setting.name] + setting.otherNames).filter { values[$0] != nil }
            if given.count > 1 {
                nodes.note("'\(given[0])' and '\(given[1])' are one setting. Write one of them.", at: values[given[1]])
            }
            guard let name = given.first, let node = values[name], let text = nodes.text(node, name) else { continue }
            do {
                try setting.apply(text, to: &job)
            } catch {
                nodes.note("'\(name)' is \(setting.kind.words).", at: node)
            }
        }
    }

    // MARK: The model

    private mutating func beginning(_ values: [String: Node], at place: Node?) -> Recipe.Beginning? {
        if let base = values["base"] {
            if let model = values["model"] {
                nodes.note("A recipe has a 'base' to go on from, or a 'model' to begin with. Leave one out.", at: model)
            }
            return nodes.text(base, "base").map { .model(existing($0)) }
        }
        guard let node = values["model"], let mapping = node.mapping else {
            nodes.note(
                "A recipe needs a 'model' with its sizes, such as {hidden_size: 256, num_hidden_layers: 6, …}, or a 'base', "
                    + "the model to go on from.", at: values["model"] ?? place)
            return nil
        }
        guard let tokenizer = nodes.text(values["tokenizer"], "tokenizer") else {
            nodes.note("A new model needs a 'tokenizer': the tokenizer.json of its vocabulary.", at: node)
            return nil
        }
        guard let shape = shape(mapping, at: node) else { return nil }
        let name = nodes.text(values["name"], "name") ?? file.deletingPathExtension().lastPathComponent
        var fresh = FreshBeginning(shape: shape, tokenizer: path(tokenizer), name: name)
        fresh.endToken = nodes.text(values["eos_token"], "eos_token")
        if let template = nodes.text(values["chat_template"], "chat_template") {
            do {
                let bytes = try SourceFile.bytes(of: path(template), atMost: 1 << 20, as: "a chat template")
                fresh.chatTemplate = try SourceFile.text(of: bytes)
            } catch {
                nodes.note("'\(template)' cannot be read. \(error.reason)", at: values["chat_template"])
            }
        }
        return .fresh(fresh)
    }

    private mutating func shape(_ mapping: Node.Mapping, at place: Node) -> FreshShape? {
        let values = nodes.values(of: mapping, known: Self.shapeKeys, in: "'model'")
        let before = nodes.problems.count
        func needed(_ key: String) -> Int? {
            guard let node = values[key] else {
                nodes.note("'model' needs '\(key)'.", at: place)
                return nil
            }
            return nodes.count(node, key, in: 1...10_000_000)
        }
        let families = FreshShape.Family.allCases.map(\.rawValue)
        let family = nodes.text(values["model_type"], "model_type") ?? FreshShape.Family.llama.rawValue
        if !families.contains(family) {
            nodes.note("'model_type' is \(families.joined(separator: " or ")).", at: values["model_type"])
        }
        let contextKey = values["context_length"] != nil ? "context_length" : "max_position_embeddings"
        guard let hidden = needed("hidden_size"), let layers = needed("num_hidden_layers"),
            let heads = needed("num_attention_heads"), let context = needed(contextKey)
        else { return nil }
        var shape = FreshShape(
            family: FreshShape.Family(rawValue: family) ?? .llama, hiddenSize: hidden, layerCount: layers,
            headCount: heads,
            keyValueHeadCount: values["num_key_value_heads"].flatMap {
                nodes.count($0, "num_key_value_heads", in: 1...100_000)
            },
            intermediateSize: values["intermediate_size"].flatMap {
                nodes.count($0, "intermediate_size", in: 1...10_000_000)
            } ?? FreshShape.usualIntermediateSize(family: family, hiddenSize: hidden),
            contextLength: context)
        if let ties = nodes.flag(values["tie_word_embeddings"], "tie_word_embeddings") { shape.tiesEmbeddings = ties }
        if let scales = nodes.flag(values["scale_residual"], "scale_residual") { shape.scalesResidual = scales }
        for key in ["rms_norm_eps", "layer_norm_epsilon"] {
            if let number = number(values[key], key, 1e-12...1) { shape.normEpsilon = number }
        }
        if let theta = number(values["rope_theta"], "rope_theta", 1...1e9) { shape.ropeTheta = theta }
        if let range = number(values["initializer_range"], "initializer_range", 1e-6...1) {
            shape.initializerRange = range
        }
        if let problem = shape.problem { nodes.note(problem, at: place) }
        return nodes.problems.count == before ? shape : nil
    }

    private mutating func number(_ node: Node?, _ key: String, _ range: ClosedRange<Double>) -> Double? {
        guard let node else { return nil }
        if let text = node.scalar?.string, let number = Double(text), range.contains(number) { return number }
        nodes.note("'\(key)' is \(JobSetting.Kind.number(range).words).", at: node)
        return nil
    }

    // MARK: Data

    private mutating func readData(_ values: [String: Node], into job: inout TrainingJob, at place: Node?) {
        if let texts = nodes.texts(values["data"], "data"), !texts.isEmpty {
            job.data = texts.map { .path(path($0.text)) }
        } else {
            nodes.note("A recipe needs 'data': a file, or a list of files.", at: values["data"] ?? place)
        }
        if let node = values["validation"], let texts = nodes.texts(node, "validation") {
            if texts.count == 1, let share = Double(texts[0].text) {
                if share > 0, share < 1 {
                    job.encoding.validationShare = share
                } else {
                    nodes.note("'validation' is a share between 0 and 1, or a list of files.", at: node)
                }
            } else {
                job.validationData = texts.map { .path(path($0.text)) }
            }
        }
        if let order = nodes.text(values["order"], "order") { job.orderFile = path(order) }
        if let columns = nodes.texts(values["columns"], "columns") {
            switch columns.count {
            case 1: job.reading.columns = .text(columns[0].text)
            case 2: job.reading.columns = .pair(prompt: columns[0].text, answer: columns[1].text)
            default:
                nodes.note("'columns' names one column of texts, or those of prompt and answer.", at: values["columns"])
            }
        }
        if let end = nodes.text(values["documents"], "documents") {
            switch end {
            case "file": job.reading.documentEnd = .file
            case "blank": job.reading.documentEnd = .blankLine
            case "line": job.reading.documentEnd = .line
            default: job.reading.documentEnd = .separator(end)
            }
        }
    }

    // MARK: What is trained

    private mutating func readPart(_ values: [String: Node], into job: inout TrainingJob) {
        if let adapter = nodes.text(values["init_adapter"], "init_adapter") { job.initialAdapter = path(adapter) }
        guard let node = values["lora"] else {
            if job.initialAdapter != nil {
                nodes.note(
                    "'init_adapter' needs 'lora', with the adapter's rank and alpha.", at: values["init_adapter"])
            }
            return
        }
        if node.mapping == nil, nodes.flag(node, "lora") == false { return }
        let known = ["rank", "r", "alpha", "lora_alpha", "targets"]
        let inside = node.mapping.map { nodes.values(of: $0, known: known, in: "'lora'") } ?? [:]
        let rank = nodes.count(inside["rank"] ?? inside["r"], "rank", in: 1...4096) ?? 8
        let alpha = number(inside["alpha"] ?? inside["lora_alpha"], "alpha", 1e-6...1e6) ?? Double(2 * rank)
        var targets = AdapterTargets.all
        if let name = nodes.text(inside["targets"], "targets") {
            let names = AdapterTargets.allCases.map(\.rawValue)
            if let chosen = AdapterTargets(rawValue: name) {
                targets = chosen
            } else {
                nodes.note("'targets' is \(names.joined(separator: " or ")).", at: inside["targets"])
            }
        }
        job.part = .adapters(rank: rank, alpha: alpha, targets: targets)
    }

    private mutating func readSample(_ node: Node?, into job: inout TrainingJob) {
        guard let node else { return }
        guard let mapping = node.mapping else {
            nodes.note("'sample' is written as {prompt: Once upon a time, every: 100}. Write it so.", at: node)
            return
        }
        let values = nodes.values(of: mapping, known: ["prompt", "every", "tokens"], in: "'sample'")
        guard let prompt = nodes.text(values["prompt"], "prompt"), !prompt.isEmpty else {
            nodes.note("'sample' needs a 'prompt' to go on from.", at: node)
            return
        }
        var sample = TrainingJob.Sample(
            prompt: prompt, interval: nodes.count(values["every"], "every", in: 1...100_000_000) ?? 100)
        if let count = nodes.count(values["tokens"], "tokens", in: 1...4096) { sample.maxTokens = count }
        job.sample = sample
    }

    // MARK: Paths

    private func path(_ text: String) -> String {
        let expanded = NSString(string: text).expandingTildeInPath
        return expanded.hasPrefix("/") ? expanded : folder.appending(path: expanded).standardizedFileURL.path
    }

    /// The path of a model beside the recipe, if there is one; else the text, which may be a model's name.
    private func existing(_ text: String) -> String {
        let path = path(text)
        return FileManager.default.fileExists(atPath: path) ? path : text
    }
}

extension FreshShape {
    /// The usual width of the feed-forward: 4 × for GPT-2; for a gated one 8/3 ×, rounded up to a multiple of 32.
    static func usualIntermediateSize(family: String, hiddenSize: Int) -> Int {
        guard hiddenSize <= 1 << 24 else { return 8 }
        return family == Family.gpt2.rawValue ? 4 * hiddenSize : (hiddenSize * 8 / 3 + 31) / 32 * 32
    }
}
