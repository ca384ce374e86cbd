import Plans

/// POSIX-style regular expressions by a set of states, never by backtracking: O(text × pattern). Literals, `.`, classes with
/// ranges and names, `\d \w \s` and their opposites, anchors, groups, `|`, `* + ? {m,n}`. Back-references and look-around are refused.
struct RegularExpression {
    private enum Instruction {
        case match(Matcher)
        case split(Int, Int)
        case jump(Int)
        case start, end
        case accept
    }

    fileprivate enum Matcher {
        case any
        case scalar(Unicode.Scalar)
        case set([ClosedRange<UInt32>], isNegated: Bool)
    }

    private indirect enum Node {
        case empty
        case match(Matcher)
        case sequence([Node])
        case choice([Node])
        case repetition(Node, Int, Int?)
        case start, end
    }

    private var program: [Instruction] = []
    /// Calls of `emit` so far: repetitions of empty groups make many and no instruction.
    private var steps = 0
    private let ignoresCase: Bool
    private static let instructionsMax = 20_000

    /// - Throws: 2201B for a pattern that is none, 0A000 for parts not supported.
    init(_ pattern: String, ignoresCase: Bool) throws {
        self.ignoresCase = ignoresCase
        var parser = Parser(scalars: Array((ignoresCase ? pattern.lowercased() : pattern).unicodeScalars)[...])
        let node = try parser.choice(depth: 0)
        guard parser.scalars.isEmpty else { throw Self.invalid("parentheses () not balanced") }
        try emit(node)
        program.append(.accept)
    }

    private static func invalid(_ why: String) -> QueryError {
        QueryError(sqlState: "2201B", message: "invalid regular expression: \(why)")
    }

    /// Whether the pattern occurs anywhere in the text.
    /// - Throws: what `check` throws; it is asked every million steps.
    func matches(_ text: String, check: () throws -> Void) throws -> Bool {
        let scalars = Array((ignoresCase ? text.lowercased() : text).unicodeScalars)
        var current: [Int] = []
        var marks = [Int](repeating: -1, count: program.count)
        var steps = 0
        for place in 0...scalars.count {
            if steps > 1 << 20 {
                try check()
                steps = 0
            }
            var next: [Int] = []
            var queue = current
            queue.append(0)
            current = []
            while let state = queue.popLast() {
                if marks[state] == place { continue }
                marks[state] = place
                steps += 1
                switch program[state] {
                case .accept: return true
                case .jump(let target): queue.append(target)
                case .split(let a, let b): queue += [b, a]
                case .start: if place == 0 { queue.append(state + 1) }
                case .end: if place == scalars.count { queue.append(state + 1) }
                case .match(let matcher):
                    if place < scalars.count, matcher.accepts(scalars[place]) { next.append(state + 1) }
                }
            }
            current = next
        }
        return false
    }

    private mutating func emit(_ node: Node) throws {
        steps += 1
        guard steps <= Self.instructionsMax else { throw Self.invalid("regular expression is too complex") }
        switch node {
        case .empty: break
        case .match(let matcher): program.append(.match(matcher))
        case .start: program.append(.start)
        case .end: program.append(.end)
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .choice(let nodes):
            var ends: [Int] = []
            for (index, node) in nodes.enumerated() {
                if index == nodes.count - 1 {
                    try emit(node)
                } else {
                    let split = program.count
                    program.append(.split(split + 1, 0))
                    try emit(node)
                    ends.append(program.count)
                    program.append(.jump(0))
                    program[split] = .split(split + 1, program.count)
                }
            }
            for end in ends { program[end] = .jump(program.count) }
        case .repetition(let node, let minimum, let maximum):
            for _ in 0..<minimum { try emit(node) }
            guard let maximum else {
                let split = program.count
                program.append(.split(split + 1, 0))
                try emit(node)
                program.append(.jump(split))
                program[split] = .split(split + 1, program.count)
                return
            }
            var splits: [Int] = []
            for _ in minimum..<max(minimum, maximum) {
                splits.append(program.count)
                program.append(.split(program.count + 1, 0))
                try emit(node)
            }
            for split in splits { program[split] = .split(split + 1, program.count) }
        }
    }

    private struct Parser {
        var scalars: ArraySlice<Unicode.Scalar>

        mutating func choice(depth: Int) throws -> Node {
            guard depth < 100 else { throw RegularExpression.invalid("regular expression is too complex") }
            var options = [try sequence(depth: depth)]
            while scalars.first == "|" {
                scalars.removeFirst()
                options.append(try sequence(depth: depth))
            }
            return options.count == 1 ? options[0] : .choice(options)
        }

        private mutating func sequence(depth: Int) throws -> Node {
            var nodes: [Node] = []
            while let next = scalars.first, next != "|", next != ")" { nodes.append(try repeated(atom(depth: depth))) }
            return .sequence(nodes)
        }

        private mutating func repeated(_ node: Node) throws -> Node {
            let result: Node
            switch scalars.first {
            case "*": result = .repetition(node, 0, nil)
            case "+": result = .repetition(node, 1, nil)
            case "?": result = .repetition(node, 0, 1)
            case "{": result = try counted(node)
            default: return node
            }
            scalars.removeFirst()
            // A lazy mark changes which match is found, not whether there is one.
            if scalars.first == "?" { scalars.removeFirst() }
            if let next = scalars.first, "*+?{".unicodeScalars.contains(next) {
                throw RegularExpression.invalid("quantifier operand invalid")
            }
            return result
        }

        /// `{m}`, `{m,}`, `{m,n}`; leaves the closing brace.
        private mutating func counted(_ node: Node) throws -> Node {
            guard let end = scalars.firstIndex(of: "}") else { throw RegularExpression.invalid("braces {} not balanced") }
            let parts = scalars[(scalars.startIndex + 1)..<end].split(separator: ",", omittingEmptySubsequences: false)
            scalars = scalars[end...]
            let minimum = Self.count(parts[0])
            let maximum = parts.count == 1 ? minimum : Self.count(parts[1])
            let isOpen = parts.count == 2 && parts[1].isEmpty
            guard parts.count <= 2, let minimum, isOpen || (maximum ?? -1) >= minimum else {
                throw RegularExpression.invalid("invalid repetition count(s)")
            }
            return .repetition(node, minimum, isOpen ? nil : maximum)
        }

        /// One to three digits, at most 255.
        private static func count(_ digits: ArraySlice<Unicode.Scalar>) -> Int? {
            guard (1...3).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
            let value = digits.reduce(0) { $0 * 10 + Int($1.value - 0x30) }
            return value <= 255 ? value : nil
        }

        private mutating func atom(depth: Int) throws -> Node {
            guard let next = scalars.popFirst() else { return .empty }
            switch next {
            case "(":
                if scalars.first == "?" {
                    guard scalars.dropFirst().first == ":" else { throw QueryError.unsupported("look-around in regular expressions") }
                    scalars.removeFirst(2)
                }
                let inner = try choice(depth: depth + 1)
                guard scalars.popFirst() == ")" else { throw RegularExpression.invalid("parentheses () not balanced") }
                return inner
            case "[": return .match(try bracket())
            case ".": return .match(.any)
            case "^": return .start
            case "$": return .end
            case "*", "+", "?": throw RegularExpression.invalid("quantifier operand invalid")
            case "\\": return .match(try escaped())
            default: return .match(.scalar(next))
            }
        }

        private mutating func escaped() throws -> Matcher {
            guard let next = scalars.popFirst() else { throw RegularExpression.invalid("invalid escape \\ sequence") }
            if let ranges = Self.named(next) {
                return .set(ranges, isNegated: next == "D" || next == "W" || next == "S")
            }
            switch next {
            case "n": return .scalar("\n")
            case "t": return .scalar("\t")
            case "r": return .scalar("\r")
            default:
                let isWord = next.properties.isAlphabetic || (next.value >= 0x30 && next.value <= 0x39)
                if isWord { throw QueryError.unsupported("escape \\\(next) in regular expressions") }
                return .scalar(next)
            }
        }

        private static func named(_ letter: Unicode.Scalar) -> [ClosedRange<UInt32>]? {
            switch letter {
            case "d", "D": [0x30...0x39]
            case "w", "W": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
            case "s", "S": [0x09...0x0D, 0x20...0x20]
            default: nil
            }
        }

        private static let classes: [(String, [ClosedRange<UInt32>])] = [
            ("[:digit:]", [0x30...0x39]), ("[:alpha:]", [0x41...0x5A, 0x61...0x7A]),
            ("[:alnum:]", [0x30...0x39, 0x41...0x5A, 0x61...0x7A]), ("[:space:]", [0x09...0x0D, 0x20...0x20]),
            ("[:upper:]", [0x41...0x5A]), ("[:lower:]", [0x61...0x7A]), ("[:xdigit:]", [0x30...0x39, 0x41...0x46, 0x61...0x66]),
            ("[:punct:]", [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        ]

        private mutating func bracket() throws -> Matcher {
            var ranges: [ClosedRange<UInt32>] = []
            var isNegated = false
            if scalars.first == "^" {
                isNegated = true
                scalars.removeFirst()
            }
            var isFirst = true
            while let next = scalars.first, next != "]" || isFirst {
                isFirst = false
                if let (name, members) = Self.classes.first(where: { scalars.starts(with: $0.0.unicodeScalars) }) {
                    ranges += members
                    scalars.removeFirst(name.unicodeScalars.count)
                    continue
                }
                scalars.removeFirst()
                var low = next
                if next == "\\", let letter = scalars.popFirst() {
                    if let members = Self.named(letter) {
                        ranges += members
                        continue
                    }
                    low = letter
                }
                var high = low
                if scalars.first == "-", let end = scalars.dropFirst().first, end != "]" {
                    scalars.removeFirst(2)
                    high = end
                }
                guard low.value <= high.value else { throw RegularExpression.invalid("invalid character range") }
                ranges.append(low.value...high.value)
            }
            guard scalars.popFirst() == "]" else { throw RegularExpression.invalid("brackets [] not balanced") }
            return .set(ranges, isNegated: isNegated)
        }
    }
}

extension RegularExpression.Matcher {
    fileprivate func accepts(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .any: true
        case .scalar(let wanted): scalar == wanted
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar.value) } != isNegated
        }
    }
}
