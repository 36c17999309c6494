/// Why a model was not found or did not come.
public enum DownloadError: Error, Sendable, Equatable, CustomStringConvertible {
    case invalidReference(String, problem: String)
    case invalidSum(String)
    /// The environment forbids all requests.
    case offline
    case invalidEndpoint(String)
    /// The answers are not those of a Hub.
    case notAHub(host: String, problem: String)
    case unknownRepository(String, host: String, hasToken: Bool)
    case unknownRevision(String, repository: String)
    case unknownFile(String, repository: String, nearest: String?)
    case gated(repository: String, page: String, hasToken: Bool)
    case tokenRefused(host: String)
    case notFound(address: String, host: String)
    case noModel(repository: String)
    case onlyWeights(repository: String)
    case notAModel(file: String)
    case unknownQuant(String, repository: String, choices: [FileChoice])
    case severalModels(repository: String, quant: String?, choices: [FileChoice])
    case missingParts(name: String, missing: [String])
    case unsafeName(String)
    case unknownOllamaModel(String)
    case noGGUFLayer(String)
    /// The file is not the one that the list of files told of.
    case changed(file: String, what: String)
    case otherSum(file: String, expected: String, found: String)
    case redirectedToHTTP(host: String)
    case redirectedInCircles(host: String)
    case invalidRedirect(host: String)
    case wrongRange(host: String, found: String)
    case tooLong(file: String, bytes: Int)
    case wrongSum(file: String, expected: String, found: String)
    case refused(name: String, reason: String)
    case noSpace(folder: String, needed: Int, free: Int)
    case running(name: String)
    case nameTaken(String, folder: String)
    case tooManyRequests(host: String, seconds: Int)
    case server(host: String, status: Int, message: String)
    /// A transfer failed, after that many tries in a row.
    case transfer(String, tries: Int)
    case disk(String)
    case stopped

    public var description: String {
        switch self {
        case .invalidReference(let text, let problem):
            "'\(text)' names no model that can be downloaded. \(problem) Write OWNER/REPO, OWNER/REPO:QUANT, "
                + "OWNER/REPO/FILE.gguf, ollama:NAME:TAG, or the address of a file."
        case .invalidSum(let text): "'\(text)' is no SHA-256 sum. It has 64 hexadecimal digits."
        case .offline: "Nothing is downloaded because HF_HUB_OFFLINE is set. Unset it to go online."
        case .invalidEndpoint(let text):
            "'\(text)' is not the address of a server. HF_ENDPOINT begins with http:// or https://."
        case .notAHub(let host, let problem):
            "\(host) does not answer as a Hub of models: \(problem). Check HF_ENDPOINT, and whether a proxy answers in its place."
        case .unknownRepository(let name, let host, let hasToken):
            "There is no repository '\(name)' at \(host), or it is private. Check the spelling of owner and name"
                + (hasToken ? ", and whether the token may read it." : "; a private one needs a token in HF_TOKEN.")
        case .unknownRevision(let revision, let repository):
            "'\(repository)' has no branch, tag or commit '\(revision)'. Leave the revision out to take its main branch."
        case .unknownFile(let file, let repository, let nearest):
            "'\(repository)' has no file '\(file)'. "
                + (nearest.map { "Did you mean '\($0)'?" } ?? "Look at the list of its files on its page.")
        case .gated(let repository, let page, let hasToken):
            "The owner of '\(repository)' gives it only to those who accepted the terms. Accept them at \(page)"
                + (hasToken
                    ? " with the account of your token; then try again."
                    : ", put a token of that account into HF_TOKEN, and try again.")
        case .tokenRefused(let host):
            "\(host) refuses the token. Make a new one there and put it into HF_TOKEN, or remove it to go without."
        case .notFound(let address, let host): "\(host) has nothing at \(address). Check the address."
        case .noModel(let repository):
            "'\(repository)' has no model that can be used here: neither a GGUF file nor config.json with safetensors. "
                + "Look for a repository with GGUF in its name."
        case .onlyWeights(let repository):
            "'\(repository)' has no GGUF file, so it has no quants. Name it without one to take its safetensors."
        case .notAModel(let file):
            "'\(file)' is no model of its own, but goes with one. Choose another file of the repository."
        case .unknownQuant(let quant, let repository, let choices):
            "'\(repository)' has no '\(quant)'. It has: \(FileChoice.list(choices))."
        case .severalModels(let repository, let quant, let choices):
            "'\(repository)' has several models\(quant.map { " of \($0)" } ?? ""): \(FileChoice.list(choices)). "
                + "Say which one: OWNER/REPO:QUANT or OWNER/REPO/FILE.gguf."
        case .missingParts(let name, let missing):
            "'\(name)' is incomplete at its source: \(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing. Choose another one."
        case .unsafeName(let name):
            "The source names a file '\(name)', which is no name for a file here. Nothing was written."
        case .unknownOllamaModel(let name): "Ollama's registry has no model '\(name)'. Check its name and its tag."
        case .noGGUFLayer(let name): "'\(name)' has no GGUF file in Ollama's registry, so it cannot be used here."
        case .changed(let file, let what):
            "'\(file)' changed at its source while it was looked up: \(what). Try again."
        case .otherSum(let file, let expected, let found):
            "'\(file)' has the SHA-256 sum \(found) at its source, and you gave \(expected). Nothing was downloaded."
        case .redirectedToHTTP(let host):
            "\(host) redirects from https to http, where anybody in between could change the file. Nothing was taken from there."
        case .redirectedInCircles(let host): "\(host) redirects again and again. Try again later, or tell its owner."
        case .invalidRedirect(let host): "\(host) redirects to an address that is none. Try again later."
        case .wrongRange(let host, let found):
            "\(host) sent another part of the file than asked for (\(found)). Try again later; what has come is kept."
        case .tooLong(let file, let bytes):
            "'\(file)' is longer than the \(bytes) bytes that its source announced. It was removed."
        case .wrongSum(let file, let expected, let found):
            "'\(file)' arrived damaged twice: its sum is \(found) and should be \(expected). It was removed. Try another network or source."
        case .refused(let name, let reason):
            "'\(name)' arrived whole, but it cannot be used, and was removed. \(reason)"
        case .noSpace(let folder, let needed, let free):
            "There is too little space in \(folder): \(ByteCount.text(needed)) are needed, and \(ByteCount.text(free)) are free. Free some space."
        case .running(let name): "'\(name)' is being downloaded by another process. Wait for it, or stop it."
        case .nameTaken(let name, let folder):
            "Another model has the name '\(name)' in \(folder). Rename or remove it, and try again."
        case .tooManyRequests(let host, let seconds):
            "\(host) takes no more requests from here for \(seconds) seconds. Try again then; what has come is kept."
        case .server(let host, let status, let message):
            "\(host) answered with the error \(status)\(message.isEmpty ? "" : " (\(message))"). Try again later."
        case .transfer(let sentence, let tries):
            tries > 1 ? "\(sentence) That was try \(tries). What has come is kept for the next time." : sentence
        case .disk(let sentence): sentence
        case .stopped: "Stopped."
        }
    }
}

/// One of several models of a repository.
public struct FileChoice: Sendable, Hashable {
    /// The quant, or the file's name if it has none.
    public var name: String
    public var bytes: Int?

    /// So many are named; a sentence with more would not be read.
    private static let most = 30

    static func list(_ choices: [FileChoice]) -> String {
        guard !choices.isEmpty else { return "nothing" }
        let texts = choices.prefix(most).map { choice in
            choice.bytes.map { "\(choice.name) (\(ByteCount.text($0)))" } ?? choice.name
        }
        let rest = choices.count - texts.count
        return texts.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}

/// Numbers of bytes for people.
enum ByteCount {
    static func text(_ bytes: Int) -> String {
        guard bytes >= 1000 else { return "\(bytes) bytes" }
        var (value, unit) = (Double(bytes), "")
        for next in ["kB", "MB", "GB", "TB", "PB", "EB"] where value >= 999.5 || unit.isEmpty {
            (value, unit) = (value / 1000, next)
        }
        let tenths = Int((value * 10).rounded())
        return value < 9.95 ? "\(tenths / 10).\(tenths % 10) \(unit)" : "\((tenths + 5) / 10) \(unit)"
    }
}
