// How much text limits leave room for.

/// How much text may still follow.
struct TextRoom: Equatable {
    var characters = Int.max
    var words = Int.max
    /// What the whole text may have.
    var characterLimit: Int?
    var wordLimit: Int?
    /// Whether no further sentence or line may begin.
    var isLastSentence = false
    var isLastLine = false
    var countsWideAsTwo = false
}

/// Room that is kept free for text to come.
struct ReservedRoom: Equatable {
    var characters = 0
    var words = 0

    static func + (left: ReservedRoom, right: ReservedRoom) -> ReservedRoom {
        ReservedRoom(characters: left.characters + right.characters, words: left.words + right.words)
    }
}
