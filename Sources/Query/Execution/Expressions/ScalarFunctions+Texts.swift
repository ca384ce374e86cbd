import Columnar
import Plans
import RegularExpressions

extension ScalarFunctions {
    /// Steps that one match of a regular expression may take, at worst: nobody can look at the clock meanwhile.
    private static let regularStepsMax = 1 << 29

    /// Functions of text, counted in Unicode scalars as PostgreSQL counts characters.
    func text(_ function: ScalarFunction, _ arguments: [Scalar]) throws -> Scalar {
        let first = ScalarText.text(arguments[0], zone: context.zone)
        func string(_ index: Int) -> String { ScalarText.text(arguments[index], zone: context.zone) }
        func integer(_ index: Int) throws -> Int64 {
            guard case .integer(let value) = try Casting(context: context).cast(arguments[index], to: .integer) else {
                return 0
            }
            return value
        }
        let edits = TextEdits(work: work)
        switch function {
        case .concatenate: return .text(try edits.join(arguments.indices.map(string)))
        case .lower: return .text(try CaseMapping.small(first, look: work.spend))
        case .upper: return .text(try CaseMapping.capital(first, look: work.spend))
        case .length: return .integer(Int64(TextPlaces.count(first.utf8)))
        case .octetLength: return .integer(Int64(first.utf8.count))
        case .substring:
            return .text(
                try edits.substring(first, start: integer(1), length: arguments.count > 2 ? integer(2) : nil))
        case .trim, .trimLeading, .trimTrailing:
            return .text(try edits.trim(first, function, characters: arguments.count > 1 ? string(1) : " "))
        case .replace: return .text(try edits.replace(first, string(1), with: string(2)))
        case .position:
            // Both spellings put the needle first: position(a in b) is position(a, b).
            return .integer(try edits.position(of: first, in: string(1)))
        case .left, .right: return .text(edits.edge(first, count: try integer(1), isLeft: function == .left))
        case .splitPart:
            let index = try integer(2)
            if index == 0 { throw QueryError(.invalidParameter, "field position must not be zero") }
            return .text(try edits.part(first, separator: string(1), index: index))
        case .startsWith: return .boolean(first.utf8.starts(with: string(1).utf8))
        case .repeatText: return .text(try edits.repeated(first, count: max(0, try integer(1))))
        case .reverseText: return .text(try edits.reversed(first))
        case .padLeft, .padRight:
            return .text(
                try edits.pad(
                    first, length: max(0, try integer(1)), fill: arguments.count > 2 ? string(2) : " ",
                    isLeft: function == .padLeft))
        case .like, .ilike:
            let pattern = try context.patterns.like(
                string(1), ignoresCase: function == .ilike, look: work.spend)
            return .boolean(try pattern.matches(first, look: work.spend))
        case .likeEscape:
            // The pattern's bytes, those of the answer, and the answer.
            return .text(
                try work.room(5 * first.utf8.count) {
                    try LikeEscape.withBackslashes(first, escape: string(1), look: work.spend)
                })
        case .regexMatch, .regexMatchInsensitive:
            let pattern = try context.patterns.regular(string(1), ignoresCase: function == .regexMatchInsensitive)
            let (steps, overflow) = first.utf8.count.multipliedReportingOverflow(by: pattern.size)
            guard !overflow, steps <= Self.regularStepsMax else {
                throw QueryError(
                    .resultTooLarge, "a text of \(first.utf8.count) bytes is too long for this regular expression",
                    hint: "Shorten the text by left() or the expression; LIKE has no such limit.")
            }
            // What it costs is between a step for each byte and one for each instruction and byte.
            try work.spend(1 << 16 + steps / 64)
            return .boolean(pattern.matches(first))
        default: throw QueryError.unsupported(function.rawValue)
        }
    }
}

/// Edits of single texts, each in a time linear in its arguments and its result. They work on UTF-8 bytes: a text as an
/// array of characters would take four times its length.
struct TextEdits {
    /// The longest text that a function makes.
    static let bytesMax = 64 << 20
    static let tooLong = QueryError(
        .resultTooLarge, "requested length too large", hint: "texts of up to 64 MiB are made")

    let work: TextBudget.Count

    /// - Throws: `.resultTooLarge` when it were too long.
    func join(_ texts: [String]) throws -> String {
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        if bytes > Self.bytesMax { throw Self.tooLong }
        return try work.room(bytes) { texts.joined() }
    }

    /// - Throws: `.negativeLength`.
    func substring(_ text: String, start: Int64, length: Int64?) throws -> String {
        var end = Int64.max
        if let length {
            if length < 0 { throw QueryError(.negativeLength, "negative substring length not allowed") }
            let (limit, overflow) = start.addingReportingOverflow(length)
            if !overflow { end = limit }
        }
        let from = max(start, 1)
        guard from < end else { return "" }
        let bytes = Array(text.utf8)
        let first = TextPlaces.place(bytes, from: 0, adding: Int(from - 1))
        let last = TextPlaces.place(bytes, from: first, adding: Int(end - from))
        return String(decoding: bytes[first..<last], as: UTF8.self)
    }

    func trim(_ text: String, _ function: ScalarFunction, characters: String) throws -> String {
        var set: Set<UInt32> = []
        for scalar in characters.unicodeScalars {
            set.insert(scalar.value)
            try work.spend(16)
        }
        var rest = text.unicodeScalars[...]
        if function != .trimTrailing {
            while let first = rest.first, set.contains(first.value) {
                rest = rest.dropFirst()
                try work.spend(16)
            }
        }
        if function != .trimLeading {
            while let last = rest.last, set.contains(last.value) {
                rest = rest.dropLast()
                try work.spend(16)
            }
        }
        return String(rest)
    }

    /// - Throws: `.resultTooLarge` when the result were too long.
    func replace(_ text: String, _ old: String, with new: String) throws -> String {
        guard !old.isEmpty else { return text }
        return try searching(for: old) { search in
            let source = Array(text.utf8)
            var count = 0
            try search.forEach(in: source, look: work.spend) { _ in
                count += 1
                return true
            }
            if count == 0 { return text }
            // At most one for each byte, each of at most 64 MiB.
            let bytes = source.count + count * (new.utf8.count - search.count)
            if bytes > Self.bytesMax { throw Self.tooLong }
            return try work.room(2 * bytes) {
                let replacement = Array(new.utf8)
                var result: [UInt8] = []
                result.reserveCapacity(bytes)
                var next = 0
                try search.forEach(in: source, look: work.spend) { place in
                    result += source[next..<place]
                    result += replacement
                    next = place + search.count
                    return true
                }
                result += source[next...]
                return String(decoding: result, as: UTF8.self)
            }
        }
    }

    /// Does something with the search for a text, which has room for what it notes of it as long.
    private func searching<Result>(for text: String, _ body: (TextSearch) throws -> Result) throws -> Result {
        try work.room(4 * text.utf8.count) { try body(try TextSearch(Array(text.utf8), look: work.spend)) }
    }

    /// 1-based position in characters; 0 when absent.
    func position(of needle: String, in text: String) throws -> Int64 {
        if needle.isEmpty { return 1 }
        guard needle.utf8.count <= text.utf8.count else { return 0 }
        return try searching(for: needle) { search in
            let source = Array(text.utf8)
            let found = try search.first(in: source, from: 0, look: work.spend)
            return found.map { Int64(TextPlaces.count(source[..<$0]) + 1) } ?? 0
        }
    }

    /// `left` and `right`; a negative count leaves that many off the other end.
    func edge(_ text: String, count: Int64, isLeft: Bool) -> String {
        let bytes = Array(text.utf8)
        let total = Int64(TextPlaces.count(bytes))
        let kept = count >= 0 ? min(count, total) : max(0, total &+ count)
        let cut = TextPlaces.place(bytes, from: 0, adding: Int(isLeft ? kept : total - kept))
        return String(decoding: isLeft ? bytes[..<cut] : bytes[cut...], as: UTF8.self)
    }

    /// The 1-based part between separators; a negative index counts from the end.
    func part(_ text: String, separator: String, index: Int64) throws -> String {
        guard !separator.isEmpty else { return index == 1 || index == -1 ? text : "" }
        return try searching(for: separator) { search in
            let source = Array(text.utf8)
            var wanted = index
            if index < 0 {
                var parts: Int64 = 1
                try search.forEach(in: source, look: work.spend) { _ in
                    parts += 1
                    return true
                }
                wanted = parts &+ index &+ 1
            }
            guard wanted > 0 else { return "" }
            var (part, start, found) = (Int64(1), 0, Range<Int>?.none)
            try search.forEach(in: source, look: work.spend) { place in
                if part == wanted { found = start..<place }
                part += 1
                start = place + search.count
                return found == nil
            }
            if found == nil, part == wanted { found = start..<source.count }
            return found.map { String(decoding: source[$0], as: UTF8.self) } ?? ""
        }
    }

    /// - Throws: `.resultTooLarge` when the result were too long.
    func repeated(_ text: String, count: Int64) throws -> String {
        let (bytes, overflow) = Int64(text.utf8.count).multipliedReportingOverflow(by: count)
        guard !overflow, bytes <= Self.bytesMax else { throw Self.tooLong }
        if bytes == 0 { return "" }
        return try work.room(2 * Int(bytes)) {
            var result: [UInt8] = []
            result.reserveCapacity(Int(bytes))
            try append(Array(text.utf8), times: Int(count), to: &result)
            return String(decoding: result, as: UTF8.self)
        }
    }

    /// A short text many times takes long.
    private func append(_ bytes: [UInt8], times: Int, to result: inout [UInt8]) throws {
        for _ in 0..<times {
            result += bytes
            try work.spend(bytes.count + 8)
        }
    }

    func reversed(_ text: String) throws -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var end = bytes.count
        while end > 0 {
            let start = TextPlaces.before(bytes, end)
            result += bytes[start..<end]
            end = start
            try work.spend(8)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// - Throws: `.resultTooLarge` when the result were too long.
    func pad(_ text: String, length: Int64, fill: String, isLeft: Bool) throws -> String {
        if length > Self.bytesMax { throw Self.tooLong }
        let (wanted, bytes, filler) = (Int(length), Array(text.utf8), Array(fill.utf8))
        let (count, fillerCount) = (TextPlaces.count(bytes), TextPlaces.count(filler))
        if count >= wanted {
            return String(decoding: bytes[..<TextPlaces.place(bytes, from: 0, adding: wanted)], as: UTF8.self)
        }
        if fillerCount == 0 { return text }
        let (rounds, rest) = (wanted - count).quotientAndRemainder(dividingBy: fillerCount)
        let last = filler[..<TextPlaces.place(filler, from: 0, adding: rest)]
        // Both factors are at most 64 Mi.
        let total = bytes.count + rounds * filler.count + last.count
        if total > Self.bytesMax { throw Self.tooLong }
        return try work.room(2 * total) {
            var padding: [UInt8] = []
            padding.reserveCapacity(total)
            if !isLeft { padding += bytes }
            try append(filler, times: rounds, to: &padding)
            padding += last
            if isLeft { padding += bytes }
            return String(decoding: padding, as: UTF8.self)
        }
    }
}
