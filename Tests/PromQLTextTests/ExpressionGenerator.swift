import Platform

/// Random expressions that are right, by type, and damaged ones.
struct ExpressionGenerator {
    var random: SeededGenerator
    /// Whether what Prometheus 2 does not know may come.
    let isRecent: Bool

    init(seed: UInt64, isRecent: Bool = true) {
        random = SeededGenerator(seed: seed)
        self.isRecent = isRecent
    }

    mutating func pick<T>(_ choices: [T]) -> T { choices[random.next(below: choices.count)] }

    /// Tokens, so that spaces may be put between them.
    mutating func expression(_ depth: Int) -> [String] {
        switch random.next(below: 8) {
        case 0: scalar(depth)
        case 1: matrix(depth)
        case 2: [pick(["\"text\"", "'it\\'s'", "`raw\\`", "\"\\u00e9\\x01\""])]
        default: vector(depth)
        }
    }

    mutating func scalar(_ depth: Int) -> [String] {
        let kinds = depth > 0 ? 7 : 2
        switch random.next(below: kinds) {
        case 0 where isRecent && random.oneIn(4): return [pick(["1_000", "0x_a"])]
        case 0: return [pick(["1", "0x1F", "1e-7", ".5", "3.", "NaN", "017", "1234567890123456789"])]
        case 1 where isRecent: return [pick(["5m", "1h30m", "1y2w", "300ms"])]
        case 1: return ["2"]
        case 2: return ["("] + scalar(depth - 1) + [")"]
        case 3: return [pick(["-", "+"])] + scalar(depth - 1)
        case 4: return [pick(["scalar"]), "("] + vector(depth - 1) + [")"]
        case 5 where isRecent:
            return [pick(["min_of", "max_of"]), "("] + scalar(depth - 1) + [","] + scalar(depth - 1) + [")"]
        case 5: return ["time", "(", ")"]
        default:
            let operation = pick(["+", "-", "*", "/", "%", "^", "atan2", "== bool", ">= bool", "< bool"])
            return scalar(depth - 1) + operation.split(separator: " ").map(String.init) + scalar(depth - 1)
        }
    }

    mutating func vector(_ depth: Int) -> [String] {
        guard depth > 0 else { return selector() + time() }
        switch random.next(below: 9) {
        case 0: return selector() + time()
        case 1: return ["("] + vector(depth - 1) + [")"]
        case 2: return [pick(["-", "+"])] + vector(depth - 1)
        case 3, 4: return aggregation(depth)
        case 5: return call(depth)
        case 6: return vector(depth - 1) + [pick(["+", "-", "*", "/", "%", "^", ">", "!="])] + scalar(depth - 1)
        default: return operand(depth) + matching() + operand(depth)
        }
    }

    /// What needs no parentheses on either side of an operator that matches labels.
    private mutating func operand(_ depth: Int) -> [String] {
        switch random.next(below: 3) {
        case 0: return selector() + time()
        case 1: return ["("] + vector(depth - 1) + [")"]
        default: return aggregation(depth)
        }
    }

    mutating func matrix(_ depth: Int) -> [String] {
        let duration = ["["] + range()
        if depth == 0 || random.oneIn(2) { return selector() + duration + ["]"] + time() }
        // A subquery stands behind what binds tightly.
        let inner = random.oneIn(2) ? call(depth - 1) : ["("] + vector(depth - 1) + [")"]
        return inner + duration + [":"] + (random.oneIn(2) ? range() : []) + ["]"] + time()
    }

    private mutating func range() -> [String] {
        guard isRecent, random.oneIn(3) else { return [pick(["5m", "1h30m", "15s", "1d", "1y"])] }
        switch random.next(below: 4) {
        case 0: return [pick(["300", "0.5"])]
        case 1: return ["step", "(", ")", pick(["+", "*", "^", "%"]), "5m"]
        case 2: return ["max_of", "(", "1m", ",", "-", "range", "(", ")", ")"]
        default: return ["(", "1h", "-", "5", ")", "/", "2"]
        }
    }

    private mutating func time() -> [String] {
        var words: [String] = []
        if random.oneIn(4) {
            words += ["@"] + pick([["start", "(", ")"], ["end", "(", ")"], ["1234.567"], ["-", "5"], ["0x10"]])
        }
        if random.oneIn(4) {
            var choices = [["5m"], ["-", "1h"]]
            if isRecent { choices += [["300"], ["-", "step", "(", ")"], ["-", "(", "1m", "+", "1m", ")"]] }
            words += ["offset"] + pick(choices)
        }
        return words
    }

    private mutating func selector() -> [String] {
        var matchers: [[String]] = []
        for _ in 0..<random.next(below: 3) {
            matchers.append([
                pick(["job", "a", "by", "sum"]), pick(["=", "!=", "=~", "!~"]),
                pick(["\"x\"", "'a|b'", "\"\"", "`.+`"]),
            ])
        }
        let names = isRecent ? ["up", "a:b", "rate", "offset", "step", "min_of", ""] : ["up", "a:b", "rate", ""]
        let name = pick(names)
        if name.isEmpty { matchers.append(isRecent ? [pick(["\"a.b\"", "'é'"])] : ["z", "=", "\"1\""]) }
        guard name.isEmpty || !matchers.isEmpty || random.oneIn(3) else { return [name] }
        var words = name.isEmpty ? [] : [name]
        words.append("{")
        for (index, matcher) in matchers.enumerated() { words += (index > 0 ? [","] : []) + matcher }
        if !matchers.isEmpty, random.oneIn(4) { words.append(",") }
        return words + ["}"]
    }

    private mutating func labels() -> [String] {
        var words = ["("]
        for index in 0..<random.next(below: 3) {
            if index > 0 { words.append(",") }
            words.append(pick(isRecent ? ["job", "on", "\"a.b\"", "step"] : ["job", "on", "sum"]))
        }
        return words + [")"]
    }

    mutating func aggregation(_ depth: Int) -> [String] {
        let grouping = random.oneIn(2) ? [pick(["by", "without"])] + labels() : []
        var name = pick(["sum", "avg", "MAX", "count", "group", "stddev", "topk", "quantile", "count_values"])
        if isRecent, random.oneIn(8) { name = "limitk" }
        let parameter =
            switch name {
            case "topk", "quantile", "limitk": scalar(depth - 1) + [","]
            case "count_values": ["\"v\"", ","]
            default: [] as [String]
            }
        let body = ["("] + parameter + vector(depth - 1) + [")"]
        return random.oneIn(2) ? [name] + grouping + body : [name] + body + grouping
    }

    private mutating func call(_ depth: Int) -> [String] {
        let rest = max(depth - 1, 0)
        switch random.next(below: 5) {
        case 0: return [pick(["abs", "ln", "sort", "absent"]), "("] + vector(rest) + [")"]
        case 1: return [pick(["clamp_max", "round"]), "("] + vector(rest) + [","] + scalar(rest) + [")"]
        case 2: return ["label_replace", "("] + vector(rest) + [",", "'a'", ",", "'$1'", ",", "'b'", ",", "'(.*)'", ")"]
        case 3: return ["quantile_over_time", "("] + scalar(rest) + [","] + matrix(rest) + [")"]
        default: return [pick(["rate", "delta", "count_over_time", "changes"]), "("] + matrix(rest) + [")"]
        }
    }

    private mutating func matching() -> [String] {
        if random.oneIn(4) { return [pick(["and", "or", "unless"])] + (random.oneIn(2) ? ["on"] + labels() : []) }
        var words = [pick(["+", "*", "==", "<=", "atan2"])]
        if words != ["+"], words != ["*"], words != ["atan2"], random.oneIn(2) { words.append("bool") }
        if random.oneIn(2) {
            words += ["ignoring", "(", "x", ")"]
            if random.oneIn(2) { words += [pick(["group_left", "group_right"])] + labels() }
        }
        if isRecent, random.oneIn(6) { words += ["fill", "(", "-", "1e9", ")"] }
        return words
    }
}

extension ExpressionGenerator {
    /// Words with spaces wherever there may be some, and nowhere else than needed.
    mutating func spaced(_ words: [String]) -> String {
        var text = ""
        for word in words {
            let isNeeded = (text.utf8.last.map(Self.isPart) ?? false) && (word.utf8.first.map(Self.isPart) ?? false)
            if isNeeded || random.oneIn(3) { text += pick([" ", "\n", "\t  "]) }
            text += word
        }
        return text
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// One word lost, doubled, moved or put in.
    mutating func damaged(_ words: [String]) -> [String] {
        var words = words
        let place = random.next(below: words.count)
        switch random.next(below: 4) {
        case 0: words.remove(at: place)
        case 1: words.insert(words[place], at: place)
        case 2: words.swapAt(place, random.next(below: words.count))
        default:
            let signs = ["(", ")", "{", "}", "[", "]", ",", "@", "+", "=="]
            words.insert(pick(signs + ["by", "on", "offset", "bool", "a", "1", "'s'"]), at: place)
        }
        return words
    }
}
