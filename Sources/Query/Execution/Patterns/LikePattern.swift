import Plans

/// A LIKE pattern: `%` any run, `_` one character, a backslash before either to mean itself.
///
/// What stands between two `%` is found at its first place, one after the other: nothing that comes later can want an
/// earlier one elsewhere. So a pattern without `_` costs O(text + pattern), however many `%` it has; what has `_` is
/// tried where its first letters stand, and the tries are counted as work.
struct LikePattern {
    /// What a stretch without `%` is made of.
    private enum Part {
        case letters(TextSearch)
        case any(Int)
    }

    private typealias Stretch = [Part]

    /// Between the `%`; one alone has none around it.
    private var stretches: [Stretch] = []
    /// Nothing stands behind the last backslash.
    private let isBroken: Bool
    private let ignoresCase: Bool

    /// - Parameter look: called now and then with the number of steps taken.
    /// - Throws: what `look` throws.
    init(_ pattern: String, ignoresCase: Bool, look: (Int) throws -> Void) throws {
        self.ignoresCase = ignoresCase
        var (parts, letters) = (Stretch(), [UInt8]())
        func endLetters() throws {
            if !letters.isEmpty { parts.append(.letters(try TextSearch(letters, look: look))) }
            letters = []
        }
        var (isEscaped, isAfterMany) = (false, false)
        let source = ignoresCase ? try CaseMapping.small(pattern, look: look) : pattern
        var steps = 0
        for next in source.unicodeScalars {
            // A part costs more than a letter.
            steps += 8
            if steps >= 1 << 16 {
                try look(steps)
                steps = 0
            }
            if isEscaped || (next != "\\" && next != "%" && next != "_") {
                letters.append(contentsOf: UTF8.encode(next) ?? UTF8.encodedReplacementCharacter)
                (isEscaped, isAfterMany) = (false, false)
            } else if next == "\\" {
                isEscaped = true
            } else if next == "_" {
                try endLetters()
                if case .any(let count)? = parts.last { parts[parts.count - 1] = .any(count + 1) } else {
                    parts.append(.any(1))
                }
                isAfterMany = false
            } else if !isAfterMany {
                try endLetters()
                stretches.append(parts)
                parts = []
                isAfterMany = true
            }
        }
        isBroken = isEscaped
        try endLetters()
        stretches.append(parts)
    }

    /// Whether the whole text is as the pattern says.
    /// - Parameter look: called now and then with the number of steps taken.
    /// - Throws: `.invalidEscape` where the text is as a broken pattern says and goes on; what `look` throws.
    func matches(_ text: String, look: (Int) throws -> Void) throws -> Bool {
        let bytes = Array((ignoresCase ? try CaseMapping.small(text, look: look) : text).utf8)
        if isBroken {
            if try reachesBreak(bytes, look) {
                throw QueryError(.invalidEscape, "LIKE pattern must not end with escape character")
            }
            return false
        }
        guard stretches.count > 1 else { return try end(of: stretches[0], in: bytes, at: 0, look) == bytes.count }
        guard var place = try end(of: stretches[0], in: bytes, at: 0, look) else { return false }
        for stretch in stretches[1..<(stretches.count - 1)] {
            guard let end = try firstEnd(of: stretch, in: bytes, from: place, look) else { return false }
            place = end
        }
        guard let start = try start(of: stretches[stretches.count - 1], in: bytes, look) else { return false }
        return start >= place
    }

    /// Whether matching comes to the backslash that ends a broken pattern: where a text ends before, PostgreSQL does
    /// not look there. It looks at a text's end only where nothing but `_` stands between the last `%` and the
    /// backslash.
    private func reachesBreak(_ bytes: [UInt8], _ look: (Int) throws -> Void) throws -> Bool {
        guard var place = try end(of: stretches[0], in: bytes, at: 0, look) else { return false }
        var isAfterMany = false
        for (index, stretch) in stretches.enumerated().dropFirst() {
            // A `%` that a text's end comes to is not read, unless another one stands before it.
            if place == bytes.count, !isAfterMany { return false }
            guard let end = try firstEnd(of: stretch, in: bytes, from: place, look) else { return false }
            place = end
            isAfterMany = Self.beginning(of: stretch).letters == nil
            if index == stretches.count - 1, isAfterMany { return true }
        }
        return place < bytes.count
    }

    /// Where a stretch that begins at a place ends.
    private func end(
        of stretch: Stretch, in bytes: [UInt8], at start: Int, _ look: (Int) throws -> Void
    ) rethrows -> Int? {
        var place = start
        for part in stretch {
            switch part {
            case .letters(let search):
                let letters = search.needle
                guard bytes.count - place >= letters.count else { return nil }
                let shared = Self.shared(letters, bytes, at: place)
                try look(shared + 8)
                guard shared == letters.count else { return nil }
                place += letters.count
            case .any(let count):
                for step in 1...count {
                    guard place < bytes.count else { return nil }
                    place = TextPlaces.after(bytes, place)
                    if step & 0xFFFF == 0 { try look(1 << 16) }
                }
                try look(count & 0xFFFF)
            }
        }
        return place
    }

    private static func shared(_ letters: [UInt8], _ bytes: [UInt8], at place: Int) -> Int {
        let (source, wanted) = (bytes.span, letters.span)
        var count = 0
        while count < wanted.count, source[place + count] == wanted[count] { count += 1 }
        return count
    }

    /// Where a stretch ends that begins as early as it can, from a place on.
    private func firstEnd(
        of stretch: Stretch, in bytes: [UInt8], from start: Int, _ look: (Int) throws -> Void
    ) rethrows -> Int? {
        // Where the first letters stand decides where a try is worth it.
        let (lead, letters) = Self.beginning(of: stretch)
        guard let search = letters else { return try end(of: stretch, in: bytes, at: start, look) }
        var first = start
        while true {
            let earliest = TextPlaces.place(bytes, from: first, adding: lead)
            try look(lead)
            guard let found = try search.first(in: bytes, from: earliest, look: look) else { return nil }
            try look(found - earliest + search.count)
            if stretch.count == 1 { return found + search.count }
            var candidate = found
            for _ in 0..<lead { candidate = TextPlaces.before(bytes, candidate) }
            if candidate >= first, let end = try end(of: stretch, in: bytes, at: candidate, look) { return end }
            first = TextPlaces.after(bytes, candidate)
            if first > bytes.count { return nil }
        }
    }

    /// How many characters of any kind come first, and the letters behind them.
    private static func beginning(of stretch: Stretch) -> (lead: Int, letters: TextSearch?) {
        var lead = 0
        for part in stretch {
            switch part {
            case .any(let count): lead += count
            case .letters(let search): return (lead, search)
            }
        }
        return (lead, nil)
    }

    /// Where a stretch begins that ends with the text.
    private func start(of stretch: Stretch, in bytes: [UInt8], _ look: (Int) throws -> Void) rethrows -> Int? {
        var place = bytes.count
        for part in stretch.reversed() {
            switch part {
            case .letters(let search):
                let letters = search.needle
                guard place >= letters.count else { return nil }
                let shared = Self.shared(letters, bytes, at: place - letters.count)
                try look(shared + 8)
                guard shared == letters.count else { return nil }
                place -= letters.count
            case .any(let count):
                for step in 1...count {
                    guard place > 0 else { return nil }
                    place = TextPlaces.before(bytes, place)
                    if step & 0xFFFF == 0 { try look(1 << 16) }
                }
                try look(count & 0xFFFF)
            }
        }
        return place
    }
}
