/// The letters that stand for a zone in texts, `CET` or `est`, as PostgreSQL knows them: most are one offset the whole
/// year round, whatever a place of the same name does in summer.
package enum ZoneAbbreviation {
    /// Seconds east of Greenwich.
    case fixed(Int64)
    /// The time of a place, whose clock it no longer names.
    case place(String)
    /// The winter time of a place: seconds east of Greenwich before the first change, and from each change on; changes
    /// are seconds since 1970.
    case changing(place: String, first: Int64, changes: [(at: Int64, offset: Int64)])

    /// - Parameter letters: of any case.
    package init?(_ letters: String) {
        // No letters are so many.
        guard letters.utf8.count <= 256 else { return nil }
        let key = Array(letters.utf8).map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
        if let offset = Self.offsets[key] {
            self = .fixed(offset)
        } else if let place = Self.places[key] {
            self = .place(place)
        } else if key.elementsEqual("msk".utf8) {
            // Moscow's winter time lay an hour further east from 2011-03-27 to 2014-10-26.
            self = .changing(
                place: "Europe/Moscow", first: 10_800, changes: [(1_301_180_400, 14_400), (1_414_274_400, 10_800)])
        } else {
            return nil
        }
    }

    private static let offsets: [[UInt8]: Int64] = byName(fixedOffsets).mapValues { head in
        let digits = Int64(head.dropFirst()) ?? 0
        let seconds = digits / 100 * 3600 + digits % 100 * 60
        return head.hasPrefix("-") ? -seconds : seconds
    }
    private static let places: [[UInt8]: String] = byName(formerNames)

    /// Lines of a head and its names.
    private static func byName(_ lines: String) -> [[UInt8]: String] {
        var result: [[UInt8]: String] = [:]
        for line in lines.split(separator: "\n") {
            let words = line.split(separator: " ")
            for name in words.dropFirst() { result[Array(name.utf8)] = String(words[0]) }
        }
        return result
    }

    private static let fixedOffsets = """
        -1000 hst taht
        -0930 mart
        -0900 akst gamt
        -0800 akdt pst
        -0700 mst pdt
        -0600 cst galt mdt
        -0500 act cdt cot est pet
        -0400 amt ast bot edt
        -0330 nft nst
        -0300 adt bra brt clst gft pmst pyst uyt wgt
        -0230 ndt
        -0200 brst fnt pmdt uyst wgst
        -0100 azot egt fnst
        +0000 azost egst gmt uct ut utc wet z zulu
        +0100 bst cet met mez wat wetdst
        +0200 bdst cest cetdst eet ist mest mesz metdst sast
        +0300 eat eest eetdst fet idt
        +0330 irt
        +0400 msd mut ret sct
        +0430 aft
        +0500 must mvt pkt tft tjt uzt
        +0545 npt
        +0600 almt bdt btt kgst pkst uzst xjt yekst
        +0630 mmt
        +0700 almst cxt ict wast
        +0800 awst bnt bort cct hkt myt pht wadt
        +0845 acwst
        +0900 awsst jayt jst kst pwt ulast wdt
        +0930 acst cast
        +1000 aest chut ddut kdt ligt mpt pgt trut yapt
        +1030 acdt acsst cadt lhst sadt
        +1100 aedt aesst pont vut
        +1200 fjt gilt mht nzst nzt tvt wakt wft
        +1245 chast
        +1300 fjst nzdt tot
        +1345 chadt
        """

    private static let formerNames = """
        America/Argentina/Buenos_Aires art arst
        America/Santiago clt
        America/Guyana gyt
        America/Asuncion pyt
        America/Caracas vet
        Antarctica/Davis davt
        Antarctica/Mawson mawt
        Asia/Yerevan amst
        Asia/Anadyr anast anat
        Asia/Baku azst azt
        Asia/Tbilisi gest get
        Asia/Irkutsk irkst irkt
        Asia/Bishkek kgt
        Asia/Krasnoyarsk krast krat
        Asia/Colombo lkt
        Asia/Magadan magst magt
        Asia/Novosibirsk novst novt
        Asia/Omsk omsst omst
        Asia/Kamchatka petst pett
        Asia/Singapore sgt
        Asia/Ashgabat tmt
        Asia/Ulaanbaatar ulat
        Asia/Vladivostok vlast vlat
        Asia/Yakutsk yakst yakt
        Asia/Yekaterinburg yekt
        Atlantic/Stanley fkst fkt
        Australia/Lord_Howe lhdt
        Europe/Volgograd volt
        Indian/Chagos iot
        Pacific/Rarotonga ckt
        Pacific/Easter easst east
        Pacific/Kosrae kost
        Pacific/Kiritimati lint
        Pacific/Niue nut
        Pacific/Fakaofo tkt
        """
}
