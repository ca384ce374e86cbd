/// The series and labels that a PromQL expression names. Only names: promtool says whether the expression is one.
struct PromQLNames {
    struct Selector {
        var series: String
        var labels: Set<String>
        /// Where it stands, in tokens.
        var place: Int
    }

    /// `sum`, `count` and the like over an operand; what labels it leaves follows from its list.
    struct Aggregation {
        enum List {
            case none, by(Set<String>), without(Set<String>)

            var labels: Set<String> {
                switch self {
                case .none: []
                case .by(let labels), .without(let labels): labels
                }
            }
        }

        var list: List
        /// `topk` and `bottomk` pick samples and leave them their labels.
        var keepsAll: Bool
        /// Where its operand stands, in tokens.
        var operand: Range<Int>

        func stands(in place: Range<Int>) -> Bool {
            place.lowerBound < operand.lowerBound && operand.upperBound < place.upperBound
        }
    }

    /// Every selector, in order.
    private(set) var selectors: [Selector] = []
    /// Every aggregation, inner ones before those around them.
    private(set) var aggregations: [Aggregation] = []
    /// Labels of `on`, `ignoring`, `group_left` and `group_right`.
    private(set) var matching: Set<String> = []
    /// All text literals: values of matchers, and labels that `label_replace` makes.
    private(set) var texts: Set<String> = []
    /// Whether buckets become a quantile somewhere, which takes `le` away.
    private(set) var hasQuantile = false

    private static let matchings: Set = ["on", "ignoring", "group_left", "group_right"]
    private static let aggregators: Set = [
        "sum", "avg", "min", "max", "count", "topk", "bottomk", "quantile", "stddev", "stdvar", "group", "count_values",
    ]
    private static let words: Set = ["and", "or", "unless", "bool", "offset", "inf", "nan", "atan2", "start", "end"]

    private enum Token: Equatable {
        case name(String)
        case text(String)
        case sign(Character)
    }

    init(_ expression: String) {
        let tokens = Self.tokens(of: expression)
        /// An aggregation whose operand has not begun.
        var awaited: Aggregation?
        /// Each open parenthesis with the aggregation whose operand it begins.
        var open: [(place: Int, aggregation: Aggregation?)] = []
        /// The aggregation whose operand ended with the token before.
        var ended: Int?
        var index = 0
        while index < tokens.count {
            defer { index += 1 }
            let justEnded = ended
            ended = nil
            switch tokens[index] {
            case .text(let text): texts.insert(text)
            case .sign("["):
                while index < tokens.count, tokens[index] != .sign("]") { index += 1 }
            case .sign("("):
                open.append((index, awaited))
                awaited = nil
            case .sign(")"):
                guard let (place, aggregation) = open.popLast(), var aggregation else { continue }
                aggregation.operand = place..<index
                aggregations.append(aggregation)
                ended = aggregations.count - 1
            case .sign: break
            case .name(let name):
                let next = index + 1 < tokens.count ? tokens[index + 1] : .sign(" ")
                if name == "histogram_quantile" { hasQuantile = true }
                if name == "by" || name == "without" {
                    let labels = names(tokens, &index, until: ")")
                    let list = name == "by" ? Aggregation.List.by(labels) : .without(labels)
                    if let justEnded { aggregations[justEnded].list = list } else { awaited?.list = list }
                } else if Self.matchings.contains(name) {
                    if next == .sign("(") { matching.formUnion(names(tokens, &index, until: ")")) }
                } else if Self.aggregators.contains(name) {
                    awaited = Aggregation(list: .none, keepsAll: name == "topk" || name == "bottomk", operand: 0..<0)
                } else if !Self.words.contains(name.lowercased()), next != .sign("(") {
                    let place = index
                    let labels = next == .sign("{") ? names(tokens, &index, until: "}") : []
                    selectors.append(Selector(series: name, labels: labels, place: place))
                }
            }
        }
    }

    /// Labels that may be left of a part of the expression, of all of it when no place is given. `own` tells the labels
    /// of a series.
    func labelsLeft(in place: Range<Int>? = nil, own: (String) -> Set<String>) -> Set<String> {
        let place = place ?? -1..<Int.max
        let within = aggregations.filter { !$0.keepsAll && $0.stands(in: place) }
        let outermost = within.filter { inner in !within.contains { inner.stands(in: $0.operand) } }
        var left = texts
        for aggregation in outermost {
            switch aggregation.list {
            case .none: break
            case .by(let labels): left.formUnion(labels)
            case .without(let labels): left.formUnion(labelsLeft(in: aggregation.operand, own: own).subtracting(labels))
            }
        }
        for selector in selectors where place.contains(selector.place) {
            if !outermost.contains(where: { $0.operand.contains(selector.place) }) {
                left.formUnion(own(selector.series))
            }
        }
        return left
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
                while index < letters.count,
                    letters[index].isLetter || letters[index].isNumber || "_:".contains(letters[index])
                {
                    index += 1
                }
                tokens.append(.name(String(letters[start..<index])))
            } else if letter.isNumber {
                // Numbers and durations such as 5m or 1e3.
                while index < letters.count, letters[index].isLetter || letters[index].isNumber || letters[index] == "."
                { index += 1 }
            } else {
                if !letter.isWhitespace { tokens.append(.sign(letter)) }
                index += 1
            }
        }
        return tokens
    }
}
