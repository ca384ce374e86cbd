/// Finds one text in others in a time linear in both, whatever they are (Knuth, Morris and Pratt): a place in the
/// text is never looked at again, since the needle knows how much of its beginning is also its end.
struct TextSearch {
    let needle: [UInt8]
    /// For each beginning of the needle: how long the longest shorter beginning is that it ends with.
    private let borders: [UInt32]

    /// - Parameter look: called now and then with the number of steps taken.
    /// - Complexity: O(needle), in time and four times in memory.
    init(_ needle: [UInt8], look: (Int) throws -> Void) rethrows {
        self.needle = needle
        var borders = [UInt32](repeating: 0, count: needle.count)
        var border = 0
        for place in needle.indices.dropFirst() {
            while border > 0, needle[place] != needle[border] { border = Int(borders[border - 1]) }
            if needle[place] == needle[border] { border += 1 }
            borders[place] = UInt32(truncatingIfNeeded: border)
            if place & 0xFFFF == 0 { try look(1 << 16) }
        }
        self.borders = borders
    }

    /// The needle's bytes.
    var count: Int { needle.count }

    /// Where the needle first begins from a place on; nil where it does not. An empty needle is nowhere.
    /// - Complexity: O(text).
    func first(in text: [UInt8], from start: Int, look: (Int) throws -> Void) rethrows -> Int? {
        guard let head = needle.first, start >= 0, text.count - start >= needle.count else { return nil }
        let (source, pattern) = (text.span, needle.span)
        var (place, matched) = (start, 0)
        while place < source.count {
            let end = min(source.count, place + 1 << 16)
            while place < end {
                let byte = source[place]
                place += 1
                if matched == 0 {
                    if byte != head { continue }
                } else {
                    while matched > 0, pattern[matched] != byte { matched = Int(borders[matched - 1]) }
                    if pattern[matched] != byte { continue }
                }
                matched += 1
                if matched == pattern.count { return place - pattern.count }
            }
            try look(1 << 16)
        }
        return nil
    }

    /// Calls the step with every place where the needle begins, those that overlap an earlier one left out; it says
    /// whether to go on.
    func forEach(in text: [UInt8], look: (Int) throws -> Void, _ step: (Int) throws -> Bool) rethrows {
        var next = 0
        while let place = try first(in: text, from: next, look: look) {
            try look(place + needle.count - next)
            next = place + needle.count
            if try !step(place) { return }
        }
    }
}

/// Characters among the bytes of a sound UTF-8 text.
enum TextPlaces {
    /// Whether a character begins with the byte.
    static func begins(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

    /// Characters of a stretch that begins and ends with whole ones.
    static func count(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 + (begins($1) ? 1 : 0) } }

    /// The place so many characters further on; the end where there are not so many.
    static func place(_ bytes: [UInt8], from start: Int, adding characters: Int) -> Int {
        var place = start
        var left = characters
        while place < bytes.count, left > 0 {
            place = after(bytes, place)
            left -= 1
        }
        return place
    }

    /// Where the character after the one at a place begins.
    static func after(_ bytes: [UInt8], _ place: Int) -> Int {
        var next = place + 1
        while next < bytes.count, !begins(bytes[next]) { next += 1 }
        return next
    }

    /// Where the character that ends before a place begins.
    static func before(_ bytes: [UInt8], _ place: Int) -> Int {
        var previous = place - 1
        while previous > 0, !begins(bytes[previous]) { previous -= 1 }
        return previous
    }
}
