// What a person writes to name a model that is to be downloaded.
// - A reference is text and its meaning; nothing is asked of any server here.
// - A repository, a revision and a file of a reference hold no control characters and no `..`.

import Foundation

/// A model on a Hub, in Ollama's registry, or at an address.
public struct ModelReference: Sendable, Hashable, CustomStringConvertible {
    public enum Place: Sendable, Hashable {
        /// `repository` is `OWNER/REPO`. `endpoint` is the Hub of a page's address, `nil` for the usual one.
        case hub(repository: String, endpoint: String?)
        /// `name` is `NAMESPACE/NAME`; without a namespace it is `library/NAME`.
        case ollama(name: String, tag: String)
        /// The http or https address of one file.
        case address(String)
    }

    /// Which files of a repository.
    public enum Wanted: Sendable, Hashable {
        /// Those that suit most: a quant of about four bits a weight, or the one that there is.
        case usual
        /// Those of a quant, such as `Q4_K_M`.
        case quant(String)
        /// A file by its path in the repository, with all other parts of a split model.
        case file(String)
    }

    /// As the person wrote it, without spaces around it.
    public let text: String
    public let place: Place
    public let wanted: Wanted
    /// A branch, a tag or a commit of a repository; `nil` for its main branch.
    public let revision: String?

    public var description: String { text }

    /// The text without anything that may be secret: of an address, neither name and password nor the query.
    public var publicText: String {
        guard text.contains("://"), var parts = URLComponents(string: text) else { return text }
        (parts.user, parts.password, parts.query, parts.fragment) = (nil, nil, nil, nil)
        return parts.string ?? text
    }

    /// Reads `OWNER/REPO`, `OWNER/REPO:QUANT`, `OWNER/REPO/FILE.gguf`, each with `@REVISION` behind it if it is wanted,
    /// `ollama:NAME:TAG`, the address of a file, or the address of a page of the Hub.
    /// - Throws: `DownloadError.invalidReference`
    public init(_ text: String) throws {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        self.text = text
        func invalid(_ problem: String) -> DownloadError { .invalidReference(text, problem: problem) }
        guard !text.isEmpty else { throw invalid("It is empty.") }
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
            throw invalid("It has a space or a control character in it.")
        }
        let lower = text.lowercased()
        if lower.hasPrefix("ollama:") {
            (place, wanted, revision) = (try Self.ollama(text.dropFirst("ollama:".count), invalid), .usual, nil)
        } else if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
            let page = try WebPage(text, invalid)
            (place, wanted, revision) = (page.place, page.wanted, page.revision)
        } else if ["/", "./", "../", "~"].contains(where: text.hasPrefix) {
            throw invalid("It is the path of a file here; what is here already is imported, not downloaded.")
        } else {
            let prefix = ["hf://", "hf.co/", "huggingface.co/", "hf:"].first(where: lower.hasPrefix) ?? ""
            let name = text.dropFirst(prefix.count)
            guard !name.contains("://") else { throw invalid("An address begins with http:// or https://.") }
            let parts = try RepositoryName(name, invalid)
            (place, wanted, revision) = (
                .hub(repository: parts.repository, endpoint: nil), parts.wanted, parts.revision
            )
        }
    }

    /// NAME, NAME:TAG, NAMESPACE/NAME:TAG.
    private static func ollama(_ text: Substring, _ invalid: (String) -> DownloadError) throws -> Place {
        let halves = text.split(separator: ":", omittingEmptySubsequences: false)
        let names = halves[0].split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, names.allSatisfy({ RepositoryName.isName($0) }),
            halves.count == 1 || RepositoryName.isName(halves[1])
        else { throw invalid("A model of Ollama is written as ollama:NAME or ollama:NAME:TAG.") }
        guard names.count <= 2 else {
            throw invalid("A model of another registry has no name of Ollama's; one of the Hub is OWNER/REPO:QUANT.")
        }
        let name = names.count == 1 ? "library/\(names[0])" : String(halves[0])
        return .ollama(name: name, tag: halves.count == 2 ? String(halves[1]) : "latest")
    }
}

/// OWNER/REPO with what may stand behind it.
private struct RepositoryName {
    var repository: String
    var wanted = ModelReference.Wanted.usual
    var revision: String?

    init(_ text: Substring, _ invalid: (String) -> DownloadError) throws {
        var name = text
        if let at = text.firstIndex(of: "@") {
            name = text[..<at]
            let revision = String(text[text.index(after: at)...])
            if revision.contains(":") {
                throw invalid("The revision comes last: OWNER/REPO:QUANT@REVISION.")
            }
            guard Self.isRevision(revision) else { throw invalid("'\(revision)' is no revision.") }
            self.revision = revision
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { throw invalid(Self.withoutOwner(name)) }
        let halves = parts[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        repository = "\(parts[0])/\(halves[0])"
        guard Self.isName(parts[0]), Self.isName(halves[0]) else {
            throw invalid("A repository is OWNER/REPO, in letters, digits and the signs - _ and a dot.")
        }
        if halves.count == 2 {
            guard parts.count == 2, Self.isName(halves[1]) else {
                throw invalid("Behind the colon stands one quant, such as Q4_K_M, and nothing else.")
            }
            wanted = .quant(String(halves[1]))
        } else if parts.count > 2 {
            let file = parts[2...].joined(separator: "/")
            guard Self.isPath(parts[2...]), !file.contains(":") else {
                throw invalid("'\(file)' is no path of a file.")
            }
            guard file.lowercased().hasSuffix(".gguf") else {
                throw invalid("Of single files, only GGUF files are models; '\(file)' does not end in .gguf.")
            }
            wanted = .file(file)
        }
    }

    private static func withoutOwner(_ name: Substring) -> String {
        if let nearest = SuggestedModel.reference(nearest: String(name)) {
            return "The owner is missing. Did you mean \(nearest)?"
        }
        return "The owner is missing: a model of the Hub is OWNER/REPO, one of Ollama ollama:NAME."
    }

    static func isName(_ text: Substring) -> Bool {
        (1...128).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    static func isPath(_ parts: some Collection<Substring>) -> Bool {
        !parts.isEmpty
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".."
                    && part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            }
    }

    static func isRevision(_ text: String) -> Bool {
        text.utf8.count <= 256 && isPath(text.split(separator: "/", omittingEmptySubsequences: false))
    }
}

/// The address of a file, or of a page of a Hub: /OWNER/REPO, /OWNER/REPO/tree/REV, /OWNER/REPO/resolve|blob/REV/FILE.
private struct WebPage {
    var place: ModelReference.Place
    var wanted = ModelReference.Wanted.usual
    var revision: String?

    init(_ text: String, _ invalid: (String) -> DownloadError) throws {
        guard let address = WebAddress(text), let parts = URLComponents(string: text) else {
            throw invalid("It is not a valid address.")
        }
        place = .address(text)
        let segments = parts.percentEncodedPath.split(separator: "/").map {
            Substring(String($0).removingPercentEncoding ?? String($0))
        }
        let isFile = segments.last?.lowercased().hasSuffix(".gguf") == true
        guard let kind = segments.firstIndex(where: { ["resolve", "blob", "raw", "tree"].contains($0) }), kind >= 2
        else {
            guard !isFile else { return }
            guard segments.count == 2, segments.allSatisfy({ RepositoryName.isName($0) }), parts.query == nil else {
                guard segments.isEmpty else { return }
                throw invalid("The address names no file and no repository.")
            }
            place = .hub(repository: segments.joined(separator: "/"), endpoint: Self.endpoint(address, []))
            return
        }
        let names = segments[(kind - 2)..<kind]
        guard names.allSatisfy({ RepositoryName.isName($0) }) else { return }
        // The names of changes that are proposed hold slashes: refs/pr/7.
        let revisionLength = segments.dropFirst(kind + 1).first == "refs" ? 3 : 1
        let revision = segments.dropFirst(kind + 1).prefix(revisionLength).joined(separator: "/")
        let file = segments.dropFirst(kind + 1 + revisionLength)
        guard RepositoryName.isRevision(revision) else { throw invalid("The page of the Hub names no revision.") }
        if segments[kind] != "tree" {
            guard isFile, RepositoryName.isPath(file) else {
                throw invalid("Of single files, only GGUF files are models; this one does not end in .gguf.")
            }
            wanted = .file(file.joined(separator: "/"))
        }
        self.revision = revision
        place = .hub(
            repository: names.joined(separator: "/"), endpoint: Self.endpoint(address, segments[..<(kind - 2)]))
    }

    private static func endpoint(_ address: WebAddress, _ prefix: some Collection<Substring>) -> String {
        if ["hf.co", "www.huggingface.co"].contains(address.host) { return DownloadEnvironment.usualEndpoint }
        return ([address.origin] + prefix.map(String.init)).joined(separator: "/")
    }
}
