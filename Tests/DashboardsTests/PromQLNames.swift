/// The series and labels that a PromQL expression names. Only names: promtool says whether the expression is one.
struct PromQLNames {
    struct Selector: Hashable {
        var series: String
        var labels: Set<String>
    }

    /// Every selector, in order.
    private(set) var selectors: [Selector] = []
    /// Labels of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`.
    private(set) var grouping: Set<String> = []
    /// All text literals: values of matchers, and labels that `label_replace` makes.
    private(set) var texts: Set<String> = []

    private static let lists: Set = ["by", "without", "on", "ignoring", "group_left", "group_right"]
    private static let words: Set = [
        "and", "or", "unless", "bool", "offset", "inf", "nan", "sum", "avg", "min", "max", "count", "topk", "bottomk", "quantile", "stddev",
        "stdvar", "group", "count_values", "atan2", "start", "end",
    ]

    private enum Token: Equatable {
        case name(String)
        case text(String)
        case sign(Character)
    }

    init(_ expression: String) {
        let tokens = Self.tokens(of: expression)
        var index = 0
        while index < tokens.count {
            defer { index += 1 }
            switch tokens[index] {
            case .text(let text): texts.insert(text)
            case .sign("["):
                while index < tokens.count, tokens[index] != .sign("]") { index += 1 }
            case .sign: break
            case .name(let name):
                let next = index + 1 < tokens.count ? tokens[index + 1] : .sign(" ")
                if Self.lists.contains(name) {
                    if next == .sign("(") { grouping.formUnion(names(tokens, &index, until: ")")) }
                } else if !Self.words.contains(name.lowercased()), next != .sign("(") {
                    if next == .sign("{") {
                        selectors.append(Selector(series: name, labels: matchers(tokens, &index)))
                    } else {
                        selectors.append(Selector(series: name, labels: []))
                    }
                }
            }
        }
    }

    /// Names up to a closing sign; leaves the index on it.
    private mutating func names(_ tokens: [Token], _ index: inout Int, until close: Character) -> Set<String> {
        var found: Set<String> = []
        while index + 1 < tokens.count, tokens[index] != .sign(close) {
            index += 1
            if case .name(let name) = tokens[index] { found.insert(name) }
            if case .text(let text) = tokens[index] { texts.insert(text) }
        }
        return found
    }

    private mutating func matchers(_ tokens: [Token], _ index: inout Int) -> Set<String> { names(tokens, &index, until: "}") }

    private static func tokens(of expression: String) -> [Token] {
        var tokens: [Token] = []
        let letters = Array(expression)
        var index = 0
        while index < letters.count {
            let letter = letters[index]
            if letter == "\"" || letter == "'" {
                var text = ""
                index += 1
                while index < letters.count, letters[index] != letter {
                    if letters[index] == "\\" { index += 1 }
                    if index < letters.count { text.append(letters[index]) }
                    index += 1
                }
                index += 1
                tokens.append(.text(text))
            } else if letter.isASCII, letter.isLetter || letter == "_" || letter == ":" {
                let start = index
                while index < letters.count, letters[index].isLetter || letters[index].isNumber || "_:".contains(letters[index]) {
                    index += 1
                }
                tokens.append(.name(String(letters[start..<index])))
            } else if letter.isNumber {
                // Numbers and durations such as 5m or 1e3.
                while index < letters.count, letters[index].isLetter || letters[index].isNumber || letters[index] == "." { index += 1 }
            } else {
                if !letter.isWhitespace { tokens.append(.sign(letter)) }
                index += 1
            }
        }
        return tokens
    }
}
