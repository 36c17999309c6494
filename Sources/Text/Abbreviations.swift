// Words with a full stop that do not end a sentence.
// - The lists of CLDR stand as they are published; words in them that users' texts showed to be wrong stand apart.
// - A draft's language is not known, so all languages count at once: a word that is an ordinary word in one of them
//   ("Go.", "The end.", "un jeu.") is no abbreviation.

/// The tables of abbreviations.
enum Abbreviations {
    /// Sentence break suppressions of CLDR 44.1 (segments, SentenceBreak, standard), each word of an entry by itself.
    private static let published: [(language: String, words: String)] = [
        (
            "en",
            """
            L.P. Alt. Approx. E.G. O. Maj. Misc. P.O. J.D. Jam. Card. Dec. Sept. MR. Long. Hat. G. Link. DC. D.C. M.T. Hz. \
            Mrs. By. Act. Var. N.V. Aug. B. S.A. Up. Job. Num. M.I.T. Ok. Org. Ex. Cont. U. Mart. Fn. Abs. Lt. OK. Z. E. \
            Kb. Est. A.M. L.A. Prof. U.S. Nov. Ph.D. Mar. I.T. exec. Jan. N.Y. X. Md. Op. vs. D.A. A.D. R.L. P.M. Or. M.R. \
            Cap. PC. Feb. Exec. I.e. Sep. Gb. K. U.S.C. Mt. S. A.S. C.O.D. Capt. Col. In. C.F. Adj. AD. I.D. Mgr. R.T. B.V. \
            M. Conn. Yr. Rev. Phys. pp. Ms. To. Sgt. J.K. Nr. Jun. Fri. S.A.R. Lev. Lt.Cdr. Def. F. Do. Joe. Id. Mr. Dept. \
            Is. Pvt. Diff. Hon.B.A. Q. Mb. On. Min. J.B. Ed. AB. A. S.p.A. I. a.m. Comm. Go. VS. L. All. PP. P.V. T. K.R. \
            Etc. D. Adv. Lib. E.g. Pro. U.S.A. S.E. AA. Rep. Sq. As.
            """
        ),
        (
            "de",
            """
            Port. Alt. Di. Ges. frz. entspr. Gebr. erw. Frl. Inh. k.u.k. Ca. J.D. Ausg. evtl. So. i.B. s.a. kgl. Sept. o.B. \
            Sa. ev. Dez. am. i.R. eigtl. i.J. u.U. G. z.Hd. u.A.w.g. Kl. Spezif. Obj. Ing. D. h. Folg. Akt. i.A. Msp. U.U. \
            Chr. R. Einh. schwäb. Vgl. Aug. Dipl.-Ing. W. B. U. J. Fa. Mo. n.u.Z. Op. Mrd. e.h. Hr. Hrn. Ztr. k. Bibl. d.Ä. \
            b. M. i.H. v.R.w. o.A. St. Dr. Fn. Abs. Rd. Dtzd. Jahrh. Z. Std. n. möbl. tägl. gest. gesch. z.B. Hbf. Abt. A.M. \
            e.Wz. v.T. Nov. z. Prot. U.S. Wg. u.v.a. Adr. App. ggf. ggfs. Jan. O. Rel. od. Pfd. a.a.O. p.Adr. P. Gem. v. \
            Art. z.Z. S.A. i.V. verh. Ausschl. m.W. Dir. Verf. Sek. r. Chin. Feb. Int. Sep. Gesch. schweiz. Bed. a.Rh. jew. \
            vgl. a.M. Str. exkl. gek. Erf. u.Ä. ehem. näml. u. sog. C. Dipl.-Kfm. mtl. Hrsg. Qu. röm. Adj. Kap. hpts. a.D. \
            gedr. Best. N. v.u.Z. Phys. Fr. d.J. Reg.-Bez. m.E. schles. Max. Ltd. südd. inkl. geb. Ggf. Inc. kath. kfm. Nr. \
            Proz. Dim. verw. Reg. Dat. Evtl. led. F. Test. Schr. Do. PIN. Zt. v.Chr. Tägl. s. amtl. Temp. Mind. e.V. Abw. \
            P.M. F.f. a.a.S. Mod. Co. Min. Allg. Geograph. Jr. Urspr. Apr. v.H. A. einschl. Trans. zzgl. StR. Fam. I. jhrl. \
            u.a. Ben. o.g. Kfm. Konv. Mi. L. beil. T. Ursprüngl. röm.-kath. Okt. u.ä. Tel. Ber. Kop. Mio. Y. U.S.A. H. \
            Forts. f. Rep. Hptst. österr.
            """
        ),
        (
            "fr",
            """
            aux. config. collab. M. dim. imprim. oct. syst. bull. MM. doc. P.O. hôp. Mart. juil. broch. adr. symb. C. anc. \
            voit. Jr. graph. dir. éd. fig. édit. niv. quart. cam. éval. anon. réf. Comm. Prof. févr. indus. DC. équiv. \
            illustr. acoust. nov. L. All. U.S. S.M.A.R.T. sept. avr. jeu. dest. P.-D. G. ill. coll. encycl. mer. Desc. ven. \
            P. lun. Inc. sam. D. append. Var. categ. janv. S.A. imm. U.S.A. mar. exempl. déc. ann. U. synth. dict. av. \
            J.-C. W. Op. ap. gouv. trav. publ.
            """
        ),
        (
            "es",
            """
            Rdos. JJ.OO. Sres. fig. may. RR.HH. oct. cap. mié. doc. Excmo. Trab. Excmos. Kit. Inc. FF.CC. DC. ago. trad. SA. \
            Rvdos. ed. Exmo. jul. col. RAM. Srtas. ene. Rol. Fabric. Comm. vid. Da. dic. ss. abr. ntra. Sra. dtor. cf. dom. \
            prov. Emm. Sr. licdo. p.ej. bol. figs. Vda. Dr. ntro. Desv. O.M. Ldo. Drs. sáb. feb. Ltda. Lcda. Exma. C.V. \
            SS.MM. Lda. U.S. hnos. R.D. Korn. v.gr. vs. Ilmas. Rdo. ej. vie. jue. a. C. Ilmos. e. c. Excma. afma. licda. Em. \
            K. sras. MM. fund. Mons. Lcdo. afmo. A.C. dptos. Col. Srta. Av. Ant. depto. Var. H.P. D. M. C.P. Rev. Rvdmos. \
            Fr. Ilmo. afmos. Ltd. afmas. prof. lun. SS.AA. Sol. nov. mss. Dña. Seg. mar. Rvdmo. Reg. ms. Sras. sres. U.S.A. \
            Sta. Sdad. Dra. srs. R.U. deptos. dpto. jun. bco. Cía. Id. Mr. e.g. C.S. Excmas. Dª. Rvdo. Lic. cfr. Corp. Dto. \
            Ilma. L. All. PP. d. Ltdo. mtro. Mrs. Desc. Avda. Exmas. Bien. Exmos. AA. Sto. CA. sept. Exc. c/c.
            """
        ),
        (
            "it",
            """
            N.B. div. a.C. fig. d.p.R. c.c.p. Cfr. vol. Geom. O.d.G. S.p.A. ver. N.d.A. dott. arch. d.C. N.d.T. rag. Sig. \
            Mod. pag. dr. tav. N.d.E. DC. mitt. Ing. int. on. C.P. ag. L. U.S. S.M.A.R.T. p.i. tab. Ltd. Liv. D. U.S.A. sez. \
            avv. S.A.R. all. p.
            """
        ),
        (
            "pt",
            """
            psicol. fig. compl. rep. cap. doc. fisiol. dipl. astron. port. eletrôn. geom. mov. ago. trad. arquit. dez. ed. \
            apt. Exmo. col. ff. univ. res. R. transp. D.C des. fev. abr. liter. lat. Dir. cf. adm. fot. p.m. P.M. créd. jur. \
            com. anat. dir. end. fís. E. Est. cont. matem. Drs. gên. neol. pág. índ. Ltda. Exma. esp. ingl. tecnol. Mar. \
            símb. Pe. pal. filos. V.T. fasc. vs. mai. S.A. profa. N.Sra. r.s.v.p. cel. mat. abrev. out. long. aux. arit. \
            aer. jul. lin. S. méd. odontol. org. A.C. jun. déb. Av. álg. sup. fl. odont. caps. relat. organiz. hist. Fr. \
            Ilmo. fem. ap. Ltd. pol. séc. prof. cx. nov. quím. mús. agric. mar. W.C. fr. cat. jan. pron. rel. autom. Sta. \
            Dra. p. tel. div. ex. a.C. bras. Alm. Dr. comp. pq. arqueol. náut. biogr. f. círc. fac. d.C. apart. Jr. set. \
            tec. sociol. gram. ind. Ilma. vol. eng. rod. Ph.D. Dras. pp. elem. máq. cód. eletr. prod. ref. fil. a.m. A.M \
            obs. N.T. contab. Sto. lit. educ. desc. próx. l.
            """
        ),
    ]

    /// Words that the published lists should not have: ordinary words of one language, with or without a capital.
    private static let ordinaryWords = words(
        """
        act all alt am an ann ant app as ad ab ca by card cat com cont dest di dim do doc dom def diff ed em end ev ex fac \
        fil fr go hat id in is jam job joe jeu kit korn link lit liv long led mai mart mat max may mer mind mov mo mi obj ok \
        on or org out pal pc pin pol port pro prod prot quart ram rel res rod rol sa sam seg set so sol sup tab tel tav temp \
        test to trans up ver vid bien mod sek dat bed best ben ber erf folg int cap desc das da ill imm ind lat sq var lin \
        geom elem fem gram hist mus rep reg gem kop gest cam niv bull ven cel app chin lun abs art fig est fund par
        """)

    /// Abbreviations that the published lists lack in these six languages.
    private static let ownWords = words(
        """
        ave blvd rd hwy apt bldg jan feb apr jun jul aug sep sept oct nov dec tue tues wed thu thur thurs fri approx etc \
        incl excl min vol figs dept univ assn bros co corp inc ltd plc llc jr sr esq gov gen col lt cdr cmdr adm maj sgt capt sen \
        hon rev messrs mme mlle mmes dr drs prof mr mrs ms mx st ste mt ft vs v cf viz al c eds p pp okt dez mrz bzw usw usf \
        evtl ggf inkl zzgl vgl geb str hr nr bd jh tsd mio mrd stk mwst entspr sog allg janv févr avr juil déc env éd chap tél \
        av sig sigg dott avv ing febbr genn ott pag sra srta dña ud uds vd núm núms pág avda ptas aprox séc sécs dra profa \
        ltda cia attn bhf hbf boul ee uu fr ch mon gmbh std oz lbs hrs
        """)

    /// They stand before a name or a number and never end a sentence.
    static let introducing: Set<String> = words(
        """
        mr mrs ms mx messrs dr drs prof lt cdr cmdr capt sgt mme mlle mmes hr hrn frl dipl ing dott avv sig sigg sr sra srta dña \
        lic excmo excma e.g i.e z.b d.h u.a p.ej p.ex approx aprox ca circa vgl bzw cf cfr vs viz evtl ggf inkl zzgl sog incl \
        excl insb dra profa ilmo ilma exmo exma attn bhf
        """)

    /// The same if they begin with a capital: "Gov. Lee", but "She works for the gov."
    static let introducingNames: Set<String> = words("gov gen col adm maj rep sen hon rev fr ch boul mons")

    /// They stand before a name, or end an address: "St. Paul", "5 Main St."
    static let beforeNames: Set<String> = ["st", "ste", "mt", "ft", "sta", "sto", "av"]

    /// They stand before a number, and end sentences before anything else.
    static let beforeNumbers = words(
        "nr num núm núms nº p pp pag pág págs figs arts chap sec para abs abb bd kap lfd ext tel tél ca lun jeu ven"
    ).union(wordsBeforeNumbers)

    /// Those that are words of their own too: they count only with a capital, or behind a number as the months do
    /// ("Art. 5", "5 mar. 2026").
    static let wordsBeforeNumbers: Set<String> = words(
        "no nos fig art ch cap par tab mar may mai out set dic dec ago abr ed ver ex max mind mo di mi do fr sa so sam dom vol"
    )

    /// They end a sentence if a capital follows that does not begin a day or a month: "etc. Then", "5 p.m. Free entry".
    static let oftenLast: Set<String> = words(
        """
        etc usw usf a.m p.m am pm inc ltd co corp llc plc gmbh jr sr esq ave blvd rd hwy str min std hrs lbs oz mwst jan feb apr \
        jun jul aug sep sept oct nov dec okt dez mrz janv févr avr juil déc ene ago dic genn febbr ott fev ltda cia cía s.a
        """)

    /// Nouns that a single letter follows: "plan B. Then".
    static let beforeLetters: Set<String> = words(
        """
        plan grade vitamin option class type group team section part size point exhibit appendix series level model version hall \
        gate zone tier list track klasse typ gruppe plan stufe teil halle variante vitamina vitamine opción opção opzione classe \
        tipo grupo gruppo sección seção sezione parte
        """)

    /// All abbreviations that may stand inside a sentence, without their last full stop, in lower case.
    private static let all: Set<String> = {
        var all = Set(published.flatMap { words($0.words) })
        all.subtract(ordinaryWords)
        return all.union(ownWords).subtracting(["i", "no", "nos", "mar", "may", "mai", "mon"])
    }()

    /// Words that begin a sentence: if one follows an abbreviation that may end a sentence, the abbreviation did.
    static let sentenceStarters: Set<String> = Set(
        """
        The A An This That These Those He She It We They You I In On At But And So If When While After Before For With As By \
        There Here Its His Her Our Their Your My Now Then Not Once Every Each All Both Some Most One What Who How Why Where \
        Yes Please Just Although However Since Until From To Of Get Try Visit Buy Shop Order Call Save Free Book Join Learn \
        Discover Find See Read Enjoy Sign Start Open Closed Come Bring Add Use Make Let Doors Tickets Go Meet Ask Choose Click \
        Tap Take Give Keep Send Download Subscribe Contact Compare Treat Feel Charge Orders Only Also No Der Die Das Ein Eine \
        Er Sie Es Wir Ihr Ich Und Aber Dann Doch Im Am Auf Mit Für Nach Wenn Diese Dieser Dieses Jetzt Hier Da Als Bei Zu Man \
        Auch Nun Komm Kommen Kaufen Sofort Bestellen Le La Les Un Une Il Elle Ils Elles Nous Vous On Ce Cette Ces Et Mais En \
        Dans Pour Avec Si Quand Je Son Sa Ses Venez Achetez Commandez El Los Las Una Es Pero Con Para Por Cuando Este Esta Su \
        Sus Se Compra Compre Ven Lo Gli È Ma Per Quando Questo Questa Acquista Vieni Os As Um Uma Em É Com Seu Sua Não Na Mas \
        Venha
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))

    /// Names of days: they follow an hour, and do not begin a sentence there.
    static let days: Set<String> = words(
        """
        monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays \
        montag dienstag mittwoch donnerstag freitag samstag sonntag est edt cst cdt mst mdt pst pdt gmt utc cet cest mez
        """)

    /// Words before an ordinal number in German: "die 2. Bundesliga".
    static let beforeOrdinals: Set<String> = words(
        """
        der die das dem den des am im zum zur vom beim bis ab seit ins jeder jede jedes jeden jedem dieser diese dieses diesem \
        diesen unser unsere unserem unseren ihr ihre ihrem ihren sein seine seinem seinen mein meine meinem meinen dein deine
        """)

    /// True if a word, without its last full stop, is in the tables.
    static func isListed(_ word: String) -> Bool { all.contains(word.lowercased()) }

    /// True if a word has full stops inside, as `U.S` and `e.g` (without the last one).
    static func isDotted(_ word: String) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count > 1 && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isLetter) }
    }

    private static func words(_ list: String) -> Set<String> {
        Set(
            list.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { word in
                (word.hasSuffix(".") ? word.dropLast() : word).lowercased()
            })
    }
}
