// The room that limits leave for text.

/// How much more text fits.
struct TextRoom: Equatable {
    var characters = Int.max
    var words = Int.max
    /// The limit on the whole text.
    var characterLimit: Int?
    var wordLimit: Int?
    /// True if no further sentence or line may begin.
    var isLastSentence = false
    var isLastLine = false
    var countsWideAsTwo = false
}

/// Room that is kept free for later text.
struct ReservedRoom: Equatable {
    var characters = 0
    var words = 0

    static func + (left: ReservedRoom, right: ReservedRoom) -> ReservedRoom {
        ReservedRoom(characters: left.characters + right.characters, words: left.words + right.words)
    }
}
