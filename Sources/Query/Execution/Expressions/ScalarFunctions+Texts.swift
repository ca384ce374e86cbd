import Columnar
import Plans
import RegularExpressions

extension ScalarFunctions {
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
        switch function {
        case .concatenate: return .text(try TextEdits.join(arguments.indices.map(string)))
        case .lower: return .text(CaseMapping.small(first))
        case .upper: return .text(CaseMapping.capital(first))
        case .length: return .integer(Int64(first.unicodeScalars.count))
        case .octetLength: return .integer(Int64(first.utf8.count))
        case .substring: return try substring(first, start: integer(1), length: arguments.count > 2 ? integer(2) : nil)
        case .trim, .trimLeading, .trimTrailing:
            return .text(TextEdits.trim(first, function, characters: arguments.count > 1 ? string(1) : " "))
        case .replace: return .text(try TextEdits.replace(first, string(1), with: string(2)))
        case .position:
            // Both spellings put the needle first: position(a in b) is position(a, b).
            return .integer(TextEdits.position(of: first, in: string(1)))
        case .left, .right: return .text(TextEdits.edge(first, count: try integer(1), isLeft: function == .left))
        case .splitPart:
            let index = try integer(2)
            if index == 0 { throw QueryError(.invalidParameter, "field position must not be zero") }
            return .text(TextEdits.part(first, separator: string(1), index: index))
        case .startsWith: return .boolean(first.utf8.starts(with: string(1).utf8))
        case .repeatText:
            let count = max(0, try integer(1))
            let (bytes, overflow) = Int64(first.utf8.count).multipliedReportingOverflow(by: count)
            guard !overflow, bytes <= TextEdits.bytesMax else { throw TextEdits.tooLong }
            return .text(bytes == 0 ? "" : String(repeating: first, count: Int(count)))
        case .reverseText: return .text(String(String.UnicodeScalarView(first.unicodeScalars.reversed())))
        case .padLeft, .padRight:
            let length = try integer(1)
            if length > TextEdits.bytesMax { throw TextEdits.tooLong }
            return .text(
                try TextEdits.pad(
                    first, length: Int(max(0, length)), fill: arguments.count > 2 ? string(2) : " ",
                    isLeft: function == .padLeft))
        case .like, .ilike:
            let escape = arguments.count > 2 ? string(2) : "\\"
            return .boolean(
                try context.patterns.like(string(1), escape: escape, ignoresCase: function == .ilike).matches(first))
        case .regexMatch, .regexMatchInsensitive:
            let expression = try context.patterns.regular(string(1), ignoresCase: function == .regexMatchInsensitive)
            return .boolean(expression.matches(first))
        default: throw QueryError.unsupported(function.rawValue)
        }
    }

    private func substring(_ text: String, start: Int64, length: Int64?) throws -> Scalar {
        let scalars = Array(text.unicodeScalars)
        var end = Int64(scalars.count) + 1
        if let length {
            if length < 0 { throw QueryError(.negativeLength, "negative substring length not allowed") }
            let (limit, overflow) = start.addingReportingOverflow(length)
            if !overflow { end = min(end, limit) }
        }
        let from = max(start, 1)
        guard from < end else { return .text("") }
        return .text(String(String.UnicodeScalarView(scalars[Int(from - 1)..<Int(end - 1)])))
    }
}

/// Edits of single texts.
enum TextEdits {
    /// The longest text that a function makes.
    static let bytesMax = 64 << 20
    static let tooLong = QueryError(
        .resultTooLarge, "requested length too large", hint: "texts of up to 64 MiB are made")

    /// - Throws: `.resultTooLarge` when it were too long.
    static func join(_ texts: [String]) throws -> String {
        if texts.reduce(0, { $0 + $1.utf8.count }) > bytesMax { throw tooLong }
        return texts.joined()
    }

    static func trim(_ text: String, _ function: ScalarFunction, characters: String) -> String {
        let set = Set(characters.unicodeScalars)
        var scalars = Array(text.unicodeScalars)[...]
        if function != .trimTrailing { while let first = scalars.first, set.contains(first) { scalars.removeFirst() } }
        if function != .trimLeading { while let last = scalars.last, set.contains(last) { scalars.removeLast() } }
        return String(String.UnicodeScalarView(scalars))
    }

    /// - Throws: `.resultTooLarge` when the result were too long.
    static func replace(_ text: String, _ old: String, with new: String) throws -> String {
        let source = Array(text.utf8)
        let pattern = Array(old.utf8)
        guard !pattern.isEmpty else { return text }
        let replacement = Array(new.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < source.count {
            if source.count - index >= pattern.count, source[index..<index + pattern.count].elementsEqual(pattern) {
                result += replacement
                if result.count > bytesMax { throw tooLong }
                index += pattern.count
            } else {
                result.append(source[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// 1-based position in characters; 0 when absent.
    static func position(of needle: String, in text: String) -> Int64 {
        let source = Array(text.unicodeScalars)
        let pattern = Array(needle.unicodeScalars)
        if pattern.isEmpty { return 1 }
        guard source.count >= pattern.count else { return 0 }
        for start in 0...(source.count - pattern.count)
        where source[start..<start + pattern.count].elementsEqual(pattern) {
            return Int64(start + 1)
        }
        return 0
    }

    /// `left` and `right`; a negative count leaves that many off the other end.
    static func edge(_ text: String, count: Int64, isLeft: Bool) -> String {
        let scalars = Array(text.unicodeScalars)
        let total = Int64(scalars.count)
        let kept = Int(count >= 0 ? min(count, total) : max(0, total &+ count))
        return String(String.UnicodeScalarView(isLeft ? scalars[..<kept] : scalars[(scalars.count - kept)...]))
    }

    /// The 1-based part between separators; a negative index counts from the end.
    static func part(_ text: String, separator: String, index: Int64) -> String {
        let source = Array(text.utf8)
        let pattern = Array(separator.utf8)
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        var place = 0
        while !pattern.isEmpty, place + pattern.count <= source.count {
            if source[place..<place + pattern.count].elementsEqual(pattern) {
                parts.append(source[start..<place])
                place += pattern.count
                start = place
            } else {
                place += 1
            }
        }
        parts.append(source[start...])
        let wanted = index > 0 ? index - 1 : Int64(parts.count) &+ index
        guard wanted >= 0, wanted < Int64(parts.count) else { return "" }
        return String(decoding: parts[Int(wanted)], as: UTF8.self)
    }

    /// - Throws: `.resultTooLarge` when the result were too long.
    static func pad(_ text: String, length: Int, fill: String, isLeft: Bool) throws -> String {
        let count = text.unicodeScalars.count
        if count >= length { return String(String.UnicodeScalarView(text.unicodeScalars.prefix(length))) }
        let fillerCount = fill.unicodeScalars.count
        if fillerCount == 0 { return text }
        let (rounds, rest) = (length - count).quotientAndRemainder(dividingBy: fillerCount)
        let last = String(String.UnicodeScalarView(fill.unicodeScalars.prefix(rest)))
        if text.utf8.count + rounds * fill.utf8.count + last.utf8.count > bytesMax { throw tooLong }
        let padding = String(repeating: fill, count: rounds) + last
        return isLeft ? padding + text : text + padding
    }
}
