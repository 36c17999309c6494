// Words that lead to another word: a text that a limit ended must not end on one.
// - Articles, prepositions, conjunctions, possessives, auxiliaries and the like of six languages, and the particles of
//   Chinese and Japanese that need text behind them.
// - A draft's language is not known, so all languages count at once. A word that is a noun or a verb in one of them
//   ("die", "man", "son", "hat", "sin", "war") is listed only if a text seldom ends with it.

/// The tables of words that lead to another word.
enum FunctionWords {
    /// In lower case.
    static let all: Set<String> = Set(
        lists.joined(separator: " ").split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))

    private static let lists = [english, german, french, spanish, italian, portuguese]

    private static let english = """
        a an the and or but nor of to in on at for with by from as into onto upon than that this these those your our \
        their its his my is are was were be been being am has have had will would shall should can could may might must do \
        does did if when while because although though until unless before after between among during without within \
        against under toward towards despite except per via not no every very so such who whose which what how whether \
        i'm it's you're we're they're that's here's there's let's who's i've you've we've i'll you'll we'll don't isn't \
        aren't won't can't i we they he she just either neither +
        """
    private static let german = """
        der die das den dem des ein eine einen einem einer eines und oder aber denn sondern mit von vom zu zum zur in im ins \
        an am ans auf aus bei beim für fürs gegen ohne um über unter vor nach seit bis durch zwischen neben hinter wegen trotz \
        während als wie dass ob wenn weil damit obwohl dein deine deinen deinem deiner ihr ihre ihren ihrem ihrer unser \
        unsere unseren unserem unserer mein meine meinen meinem meiner sein seine seinen seinem seiner euer eure ist sind \
        wird werden wurde kein keine keinen dieser diese dieses diesen jeder jede jedes jeden sehr so
        """
    private static let french = """
        le la les un une des du de d et ou mais ni à au aux en dans sur sous avec sans pour par chez vers entre contre \
        depuis pendant avant après comme que qui dont où si quand lorsque parce puisque votre vos notre nos leur leurs ma \
        mes ta tes ses sont ce cet cette ces chaque très plus ne se
        """
    private static let spanish = """
        el la los las un una unos unas y e o u pero ni de del a al en con sin para por sobre entre hasta desde hacia según \
        como que si cuando porque aunque donde tu tus su sus mi mis nuestro nuestra nuestros nuestras es son está están \
        este esta estos estas cada muy más se lo le
        """
    private static let italian = """
        il lo la i gli le un uno una e ed o ma né di del dello della dei degli delle a al allo alla ai agli alle da dal \
        dalla dai dalle in nel nello nella nei negli nelle con su sul sulla sui sulle per tra fra che se quando perché \
        dove tuo tua tuoi tue suo sua suoi sue nostro nostra nostri nostre è sono questo questa questi queste ogni molto \
        più senza
        """
    private static let portuguese = """
        o a os as um uma uns umas e ou mas nem de do da dos das ao à aos às em no na nos nas num numa com sem para pelo pela \
        pelos pelas por sobre entre até desde como que se quando porque onde seu sua seus suas meu minha nosso nossa nossos \
        nossas é são está estão este esta estes estas cada muito mais
        """

    /// Function words at the end of a text without spaces; the longest is found first.
    static let spaceless: [String] = [
        "以及", "并且", "而且", "因为", "由于", "所以", "如果", "但是", "或者", "为了", "对于", "关于", "通过", "根据", "随着", "让您", "让你",
        "为您", "为你", "您的", "你的", "的", "和", "与", "在", "及", "或", "把", "被", "对", "从", "向", "让", "将", "而", "但", "为", "是",
        "给",
        "跟", "以", "于", "そして", "または", "および", "による", "ための", "という", "の", "を", "が", "は", "に", "へ", "と",
    ].sorted { $0.unicodeScalars.count > $1.unicodeScalars.count }

    /// Words that end with one of those characters and lead to nothing.
    static let complete: Set<String> = Set(
        """
        存在 现在 所在 实在 自在 内在 外在 潜在 目的 参与 普及 涉及 方向 走向 趋向 意向 动向 志向 风向 导向 去向 行为 成为 作为 绝对 面对 相对 应对 \
        反对 派对 核对 供给 补给 共和 平和 温和 柔和 谦和 缓和 总和 饱和 祥和 随和 棉被 名将 谦让 转让 礼让 可以 终于 こと ひと あと もと っと ふと もの \
        なに くに はは
        """.split(separator: " ").map(String.init))
}

extension TextEnds {
    /// How many bytes at the end lead to words that are missing: function words, and the marks and spaces between them.
    /// 0 if the text ends with a full stop or the like, or if nothing else would be left.
    public static func danglingWordByteCount(_ text: ArraySlice<UInt8>) -> Int {
        var rest = text.dropLast(danglingByteCount(text))
        var isCut = false
        while let count = functionWordByteCount(rest) {
            let shorter = rest.dropLast(count)
            rest = shorter.dropLast(danglingByteCount(shorter))
            isCut = true
        }
        return isCut && hasWord(rest) ? text.endIndex - rest.endIndex : 0
    }

    /// True if a text ends on a word that leads to another one, such as an article or a preposition.
    public static func endsOnFunctionWord(_ text: ArraySlice<UInt8>) -> Bool {
        functionWordByteCount(text.dropLast(danglingByteCount(text))) != nil
    }

    /// The bytes of the function word that a text ends with.
    private static func functionWordByteCount(_ text: ArraySlice<UInt8>) -> Int? {
        guard let last = UTF8Text.lastScalar(text)?.scalar, isWordScalar(last) || last.isHanOrKana else { return nil }
        if last.isHanOrKana { return spacelessWordByteCount(text) }
        var start = text.endIndex
        var rest = text
        while let (scalar, count) = UTF8Text.lastScalar(rest), isWordScalar(scalar), text.endIndex - start < 32 {
            rest = rest.dropLast(count)
            start = rest.endIndex
        }
        // A hyphen or another joint makes it the end of a longer word: "all-in", "sign@in".
        if let (before, _) = UTF8Text.lastScalar(rest), ScalarClass(before) == .punctuation,
            ScalarClass.isConnector(before)
        {
            return nil
        }
        // The hour of "9 am", the inches of "5 in".
        if TextUnits.place(at: start, in: text, isComplete: true) != .end { return nil }
        let word = String(decoding: text[start...], as: UTF8.self).lowercased().replacing("\u{2019}", with: "'")
        // "d'" and "l'" lead to the word behind the apostrophe.
        let isElided = word.hasSuffix("'") && word.unicodeScalars.count <= 5
        return isElided || FunctionWords.all.contains(word) ? text.endIndex - start : nil
    }

    private static func spacelessWordByteCount(_ text: ArraySlice<UInt8>) -> Int? {
        if FunctionWords.complete.contains(String(decoding: text.suffix(6), as: UTF8.self)) { return nil }
        return FunctionWords.spaceless.first {
            text.count > $0.utf8.count && text.suffix($0.utf8.count).elementsEqual($0.utf8)
        }?
        .utf8.count
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "'" || scalar == "\u{2019}" || scalar == "+" || !scalar.isHanOrKana && scalar.isLetterOrDigit
            || ScalarClass(scalar) == .extender
    }

    private static func hasWord(_ text: ArraySlice<UInt8>) -> Bool {
        String(decoding: text, as: UTF8.self).unicodeScalars.contains(where: \.isLetterOrDigit)
    }
}
