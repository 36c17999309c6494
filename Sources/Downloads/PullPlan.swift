// What a download is going to bring, what it brought, what is left of one that was interrupted, and what a search finds.

/// The checksum that a file has at its source.
public enum FileSum: Sendable, Hashable, CustomStringConvertible {
    case sha256(String)
    /// Of small files: git's name of their content.
    case git(String)

    /// In lower-case hexadecimal.
    public var hexadecimal: String {
        switch self {
        case .sha256(let sum), .git(let sum): sum
        }
    }

    public var description: String { hexadecimal }
}

/// The files that a reference means, as the source tells them.
public struct PullPlan: Sendable, Hashable {
    public struct File: Sendable, Hashable {
        /// The path in the repository.
        public var path: String
        /// The name that the file gets; in a folder of the plan's name if `PullPlan.isFolder`.
        public var fileName: String
        /// `nil` if the source does not tell.
        public var bytes: Int?
        /// `nil` if the source does not tell.
        public var sum: FileSum?
        /// How many bytes an earlier download left.
        public var bytesThere: Int
        /// A file of another program with the same content, which can be used instead.
        public var pathElsewhere: String?
        var address: String
    }

    public var reference: ModelReference
    /// Where the files come from, as a person would name it: `OWNER/REPO`, `ollama:NAME:TAG`, or a host.
    public var source: String
    public var commit: String?
    /// Parts of a split model in their order.
    public var files: [File]
    /// True if the files are kept together in a folder.
    public var isFolder: Bool
    /// The name of the model once it is there: of its first file without `.gguf`, or of its folder.
    public var name: String
    /// True if the model is there already with the right checksums; then nothing is downloaded.
    public var isThere: Bool
    /// The bytes that are free in the models folder; `nil` if the system does not tell.
    public var freeBytes: Int?
    /// As the source names it, such as `apache-2.0`; `nil` if it does not tell.
    public var licence: String?
    /// True if the owner gives it only to those who accepted the terms.
    public var isGated: Bool
    var endpoint: String

    /// `nil` if the size of a file is not known.
    public var totalBytes: Int? {
        var sum = 0
        for file in files {
            guard let bytes = file.bytes, case let (total, isTooLarge) = sum.addingReportingOverflow(bytes), !isTooLarge
            else { return nil }
            sum = total
        }
        return sum
    }

    public var bytesThere: Int { files.reduce(0) { $0 &+ $1.bytesThere } }

    /// The free space that the rest needs: its bytes and five in a hundred.
    public var neededBytes: Int {
        let rest = max(0, (totalBytes ?? 0) - bytesThere)
        let (needed, isTooLarge) = rest.addingReportingOverflow(rest / 20)
        return isTooLarge ? .max : needed
    }
}

/// A model that was downloaded.
public struct PulledModel: Sendable, Hashable {
    public var name: String
    /// The model's file, the parts of a split one in their order, or its folder.
    public var paths: [String]
    /// True if it was there before.
    public var wasThere: Bool
}

/// A download that was interrupted and can go on.
public struct UnfinishedPull: Sendable, Hashable {
    /// The text of the reference.
    public var reference: String
    public var name: String
    public var bytesThere: Int
    /// `nil` if it is not known.
    public var totalBytes: Int?
    /// True if some process works on it now.
    public var isRunning: Bool
    /// Those of its files in `.partial`.
    var keys: [String]
}

/// A repository that a search found.
public struct FoundModel: Sendable, Hashable {
    /// `OWNER/REPO`
    public var name: String
    public var downloads: Int?
    public var likes: Int?
    public var licence: String?
    public var isGated: Bool
    /// The quants of its GGUF files, in the order of the source; empty if it does not tell.
    public var quants: [String]
}
