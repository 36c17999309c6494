// Words that make one unit with the number beside them.

enum UnitWords {
    /// Names of months in English, German, French, Spanish, Italian and Portuguese, and their short forms.
    static let months: Set<String> = words(
        """
        january february march april may june july august september october november december jan feb mar apr jun jul aug sep \
        sept oct nov dec januar jänner februar märz mai juni juli oktober dezember mrz okt dez janvier février mars avril juin \
        juillet août septembre octobre novembre décembre janv févr avr juil déc enero febrero marzo abril mayo junio julio \
        agosto septiembre setiembre octubre noviembre diciembre ene abr ago dic gennaio febbraio aprile maggio giugno luglio \
        января февраля марта апреля мая июня июля августа сентября октября ноября декабря settembre ottobre dicembre gen genn febbr mag giu lug set sett ott janeiro fevereiro março maio junho julho setembro \
        outubro novembro dezembro fev out
        """)

    /// Words behind a German ordinal number, besides months.
    static let behindOrdinals: Set<String> = months.union(
        words(
            "jahrhundert jahrhunderts jahrhunderte jh jahrtausend auflage stock platz klasse geburtstag mal etage kapitel"
        ))

    /// Words that make one unit with the number before them.
    static let behindNumbers = measures.union(scales).union(currencies).union([
        "mio.", "mrd.", "tsd.", "million.", "ft.",
    ])

    /// Units of measure, signs and marks of the hour.
    private static let measures: Set<String> = words(
        """
        % ‰ ° °c °f ₺ cent cents a.m p.m am pm a.m. p.m. uhr h o'clock o’clock hrs hr min sec s ms kg g mg t lb lbs \
        oz km m cm mm mi yd in nm ml l cl dl ha kb mb gb tb kib mib gib bit bits kw kwh w wh v mah hz khz mhz ghz \
        mph km/h kmh rpm px pt dpi fps cal kcal °k k percent prozent ½ ¼ ¾ st nd rd th bc ad bce ce ºc m² m³ km² cm² \
        ft² sq qm руб руб. коп. грн
        """)

    /// Scales that a currency may follow: "3,5 Mio. €".
    static let scales: Set<String> = words(
        """
        thousand million billion trillion millions billions mio mrd tsd bn mn millionen milliarden tausend milliard milliards \
        mille millón millones mil milioni miliardi miliardo milhão milhões bilhões
        """)

    static let currencies: Set<String> = words(
        "€ $ £ ¥ ₹ ₩ ₽ chf eur usd gbp jpy cny inr euro euros dollar dollars pounds yen kr zł kč ft")

    /// Currencies that stand before a number.
    static let beforeNumbers: Set<String> = words(
        "$ € £ ¥ ₹ ₩ ₽ us$ a$ c$ nt$ hk$ r$ eur usd gbp jpy cny inr chf cad aud nzd sek nok dkk pln rs rs. rm kr sfr fr"
    )

    /// Words between a day and its month.
    static let dayLinks: Set<String> = ["de", "of", "di", "d’"]

    /// Han characters that make one unit with the digits before them: currencies, dates, hours, scales, counters.
    static let countersBehindDigits = Set(
        "元円圓块块塊角分年月日号號時时点點秒週周个個人名名位件台本冊册枚歳岁歲度倍折割番第万萬億亿千百％成代世階层層篇章页頁回次位款".unicodeScalars)
    /// Those of them that the next digits continue, as in 11月29日.
    static let countersBeforeDigits = Set("年月時时点點分第角元".unicodeScalars)

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
    }
}
