// The files of a corpus, each with its kind.
// - A folder stands for its text files, with those of its folders, in the order of their paths; what begins with a dot is
//   left out. Links to files are files; links to folders are left out, because they may lead in a circle.

import Foundation

/// A file that rows are read from.
struct CorpusFile: Equatable {
    /// A file of JSON is a list if it begins with a bracket.
    enum Kind: Equatable { case text, jsonLines, jsonList, csv, tsv }

    var path: String
    var kind: Kind

    private static let textEndings: Set<String> = ["txt", "text", "md", "markdown", "rst", "org", "tex"]

    /// The file at a path, or the text files of a folder.
    /// - Returns: also the number of files in the folder that are no text.
    /// - Throws: `CorpusError` if there is no such file, or nothing to read in it.
    static func find(
        at path: String, format: CorpusFormat?
    ) throws(CorpusError) -> (files: [CorpusFile], skippedCount: Int) {
        var isFolder: ObjCBool = false
        guard !path.isEmpty, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .missing(path: path)
        }
        guard isFolder.boolValue else { return ([try file(at: path, format: format)], 0) }
        let names = try fileNames(in: path)
        let texts = names.filter { textEndings.contains(ending(of: $0)) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard !texts.isEmpty else { throw .noFiles(folder: path) }
        var files: [CorpusFile] = []
        for text in texts { files.append(try file(at: text, format: .text)) }
        return (files, names.count - texts.count)
    }

    /// The files in a folder and in its folders, in any order.
    private static func fileNames(in folder: String) throws(CorpusError) -> [String] {
        var failure: CorpusError?
        let inside = FileManager.default.enumerator(
            at: URL(filePath: folder), includingPropertiesForKeys: nil, options: [.skipsHiddenFiles],
            errorHandler: { url, _ in
                failure = .unreadable(path: url.path, reason: "the folder cannot be opened")
                return false
            })
        var names: [String] = []
        while let url = inside?.nextObject() as? URL {
            var facts = stat()
            if stat(url.path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG { names.append(url.path) }
        }
        if let failure { throw failure }
        return names
    }

    private static func ending(of path: String) -> String { URL(filePath: path).pathExtension.lowercased() }

    private static func file(at path: String, format: CorpusFormat?) throws(CorpusError) -> CorpusFile {
        let beginning = try FileChunks.beginning(of: path)
        if let kind = foreignKind(beginning) { throw .noText(path: path, kind: kind) }
        let isMarked = beginning.starts(with: TextCleaning.byteOrderMark)
        let first = beginning.dropFirst(isMarked ? TextCleaning.byteOrderMark.count : 0).first { $0 > 0x20 }
        let json = first == UInt8(ascii: "[") ? Kind.jsonList : .jsonLines
        let kind: Kind =
            switch (format, ending(of: path)) {
            case (.text, _): .text
            case (.json, _), (nil, "jsonl"), (nil, "ndjson"), (nil, "json"): json
            case (.csv, _), (nil, "csv"): .csv
            case (.tsv, _), (nil, "tsv"), (nil, "tab"): .tsv
            case (nil, let ending): first == UInt8(ascii: "{") && !textEndings.contains(ending) ? .jsonLines : .text
            }
        return CorpusFile(path: path, kind: kind)
    }

    /// What the first bytes say that is no text in UTF-8; nil if they may be one.
    private static func foreignKind(_ bytes: [UInt8]) -> String? {
        let kinds: [(beginning: [UInt8], name: String)] = [
            (Array("PAR1".utf8), "a Parquet file"), (Array("ARROW1".utf8), "an Arrow file"),
            ([0x1F, 0x8B], "compressed (gzip)"), ([0x28, 0xB5, 0x2F, 0xFD], "compressed (zstd)"),
            (Array("BZh".utf8), "compressed (bzip2)"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed (xz)"),
            ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive, perhaps an office document"),
            (Array("GGUF".utf8), "a model file"),
            (Array("%PDF".utf8), "a PDF"), (Array("SQLite format 3".utf8), "a database"),
            ([0xFF, 0xFE], "text in UTF-16"), ([0xFE, 0xFF], "text in UTF-16"),
        ]
        if let kind = kinds.first(where: { bytes.starts(with: $0.beginning) }) { return kind.name }
        // Latin letters in UTF-16 have a zero in every second byte. A text in UTF-8 has a few at most.
        let zeros = bytes.count { $0 == 0 }
        return zeros > bytes.count / 4 ? "no text" : nil
    }

    func rows(_ options: CorpusOptions) throws(CorpusError) -> any RowReader {
        switch kind {
        case .text: try TextRowReader(path: path, end: options.documentEnd)
        case .jsonLines: try JSONLinesReader(path: path, columns: options.columns)
        case .jsonList: try JSONListReader(path: path, columns: options.columns)
        case .csv: try CSVRowReader(path: path, columns: options.columns, isTabbed: false)
        case .tsv: try CSVRowReader(path: path, columns: options.columns, isTabbed: true)
        }
    }
}
