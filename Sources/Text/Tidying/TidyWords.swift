// What models write around a text: labels, preambles, notes.
// - All in lower case, in English, German, French, Spanish, Italian, Portuguese and Chinese. A draft's language is not
//   known, so all languages count at once.

/// The tables of words around a text.
enum TidyWords {
    /// Nouns that name a kind of text: a label is one of them with a colon behind it.
    static let labels: Set<String> = words(
        """
        headline headlines subject title titles slogan slogans tagline ad advert advertisement copy summary story description \
        text post rewritten rewrite translation answer response output result caption tweet email e-mail body draft version \
        paragraph opener hook intro introduction lead bullets option variant example tl;dr tldr sentence paraphrase
        überschrift titel schlagzeile betreff betreffzeile slogan anzeige anzeigentext zusammenfassung geschichte beschreibung \
        beitrag übersetzung antwort entwurf fassung einleitung ergebnis
        titre objet accroche annonce résumé histoire récit texte publication traduction réponse brouillon légende
        título titular asunto eslogan lema anuncio resumen historia descripción texto publicación traducción respuesta
        titolo oggetto annuncio riassunto storia descrizione testo traduzione risposta bozza didascalia
        assunto manchete anúncio resumo história descrição tradução resposta rascunho legenda
        """)

    /// Labels of several words.
    static let longLabels: Set<String> = lines(
        """
        subject line
        ad copy
        opening line
        key points
        main points
        bullet points
        meta description
        preview text
        call to action
        """)

    /// Words that may stand before a label: "Your new search ad headline".
    static let labelModifiers: Set<String> = words(
        """
        the a my your our new final suggested possible proposed revised rewritten improved polished updated short shorter long \
        longer one-sentence one two three product search email e-mail meta seo blog news article social media facebook instagram \
        linkedin twitter x google ad advertising main first second third opening creative catchy engaging formal friendly plain \
        original english german french spanish italian portuguese chinese subject line
        der die das dein deine neue neuer mein produkt kurze le la votre nouveau el tu nuevo il tuo nuova o seu novo de do da
        """)

    /// A label of Chinese has no space before its text.
    static let chineseLabels = [
        "标题", "主题", "广告语", "口号", "标语", "摘要", "总结", "故事", "描述", "译文", "翻译", "正文", "回答", "文案", "邮件主题", "产品描述",
    ]

    /// Words that begin a sentence about the text: "Here is a headline for you:".
    static let introducers: [String] = Array(
        lines(
            """
            here is
            here's
            here’s
            here are
            here you go
            below is
            below are
            the following is
            i've written
            i’ve written
            i have written
            i'd be happy to
            i’d be happy to
            i can help
            i'll write
            hier ist
            hier sind
            hier kommt
            nachfolgend
            voici
            voilà
            aquí tienes
            aquí está
            aquí va
            aquí hay
            ecco
            aqui está
            aqui vai
            segue
            以下是
            这是
            这里是
            下面是
            """))

    /// Words that agree with the writer before the text begins.
    static let agreements: [String] = Array(
        lines(
            """
            sure
            sure thing
            certainly
            of course
            absolutely
            okay
            ok
            no problem
            gerne
            gern
            natürlich
            klar
            sicher
            selbstverständlich
            bien sûr
            certainement
            d'accord
            d’accord
            avec plaisir
            claro
            claro que sí
            por supuesto
            con gusto
            certo
            certamente
            volentieri
            claro que sim
            com certeza
            com prazer
            好的
            当然
            当然可以
            没问题
            """))

    /// Beginnings of a paragraph that speaks of the text above it.
    static let notes: [String] = Array(
        lines(
            """
            note:
            (note:
            [note:
            *note:
            **note:
            please note that this
            explanation:
            **explanation:
            character count:
            word count:
            characters:
            let me know if you need any changes
            let me know if you need any adjust
            let me know if you need any further
            let me know if you want any changes
            let me know if you want me to
            let me know if you would like any
            let me know if you would like me to
            let me know if you'd like any
            let me know if you’d like any
            let me know if you'd like me to
            let me know if you’d like me to
            feel free to adjust
            feel free to modify
            feel free to edit
            feel free to customize
            feel free to change
            feel free to tweak
            i hope this helps
            hope this helps
            this headline
            this slogan
            this subject line
            this translation
            this summary captures
            this version
            this rewrite
            hinweis:
            anmerkung:
            ich hoffe, das hilft
            lass mich wissen, wenn du änderungen
            remarque :
            remarque:
            n'hésitez pas à modifier
            n’hésitez pas à modifier
            n'hésitez pas à adapter
            j'espère que cela vous aide
            nota:
            espero que esto
            espero que te sirva
            spero che questo
            spero che ti sia utile
            observação:
            espero que isso
            注：
            备注：
            说明：
            注意：
            希望这
            如果您需要修改
            """))

    /// Units of a count behind a text: "(28 characters)".
    static let countUnits: Set<String> = words(
        """
        character characters chars char words word zeichen wörter wort caractères caractère mots mot caracteres carácter palabras \
        caratteri parole palavras 字 个字 字符 个字符
        """)

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
    }

    private static func lines(_ list: String) -> Set<String> {
        Set(list.split(separator: "\n").map(String.init))
    }
}
