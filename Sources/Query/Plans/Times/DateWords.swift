import Bytes

/// Words that stand for a part of a date or time in PostgreSQL, where ours has none for most of them.
enum DateWords {
    /// Whether the letters are one of them, in capitals or not.
    static func contain(_ letters: some Sequence<UInt8>) -> Bool { words.contains(letters.map { $0 | 0x20 }) }

    private static let words = Set(
        listed.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map(Array.init))

    private static let listed = """
        ad allballs am april apr at august aug bc december dec dow doy dst d epoch february feb friday fri h infinity
        isodow isoyear january jan jd julian july jul june jun j march mar may mm monday mon m november nov now
        october oct on pm saturday sat september sept sep sunday sun s thursday thurs thur thu today tomorrow tuesday
        tues tue t wednesday weds wed yesterday y
        """
}
