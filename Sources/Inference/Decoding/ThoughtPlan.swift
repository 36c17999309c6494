// What a decoder must know of a model's thoughts: their markers as tokens, and how long they may be.
// - A marker that begins with a special token is found by that token; letters that look like it are text.

import Generation
import Text

/// A text that opens or closes a thought.
struct ThoughtMarker: Sendable, Equatable {
    /// Its spelling; special tokens stand in it by name.
    var bytes: [UInt8]
    /// The special token that begins it; `nil` if it is plain text.
    var firstToken: TokenID?
}

/// The thoughts of one request.
struct ThoughtPlan: Sendable, Equatable {
    /// True if the prompt ends inside a thought; false if the model may open one.
    var isOpen: Bool
    var openings: [ThoughtMarker]
    /// What opens an answer without a thought.
    var answers: [ThoughtMarker]
    var closing: ThoughtMarker
    /// The tokens that end an open thought and open the answer.
    var ending: [TokenID]
    /// The tokens between a thought that the model closed and the answer.
    var answerOpening: [TokenID]
    /// Plain text that ends the answer; `nil` if a token does.
    var answerStop: String?
    /// The most tokens of all thoughts together.
    var tokenLimit: Int
    /// Tokens that the decoder writes before the answer: the name of its first part.
    var introduction: [TokenID] = []

    /// The markers that are plain text, which an answer must not contain.
    var plainMarkers: [String] {
        (openings + [closing]).filter { $0.firstToken == nil }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}

/// A search for markers that begin at one token.
struct MarkerSearch: Sendable {
    enum Match: Equatable {
        case none
        /// The tokens may be the beginning of a marker.
        case partial
        /// They end a marker, after which `extra` bytes follow.
        case complete(marker: Int, extra: Int)
    }

    /// Compares tokens with markers.
    /// - Parameters:
    ///   - tokens: with their texts; special tokens with their names.
    ///   - skipsSpace: true if white space may come before the marker.
    static func match(
        _ tokens: [(id: TokenID, bytes: [UInt8])], _ markers: [ThoughtMarker], skipsSpace: Bool
    ) -> Match {
        var rest = tokens[...]
        if skipsSpace { rest = rest.drop { isSpace($0.bytes) } }
        guard let first = rest.first else { return tokens.isEmpty ? .none : .partial }
        var isPartial = false
        for (index, marker) in markers.enumerated() {
            var bytes = rest.flatMap(\.bytes)[...]
            if let token = marker.firstToken {
                guard first.id == token else { continue }
            } else if skipsSpace {
                bytes = bytes.drop { UTF8Text.isASCIIWhitespace($0) }
            }
            if bytes.starts(with: marker.bytes) {
                return .complete(marker: index, extra: bytes.count - marker.bytes.count)
            }
            if marker.bytes.starts(with: bytes) { isPartial = true }
        }
        return isPartial ? .partial : .none
    }

    static func isSpace(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { UTF8Text.isASCIIWhitespace($0) }
    }
}
