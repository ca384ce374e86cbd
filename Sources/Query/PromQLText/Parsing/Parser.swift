import Bytes

/// Reads one expression, or one selector, by recursive descent with one token of lookahead.
///
/// The first token that fits nowhere ends it (`Stop`). What is read well but cannot be meant is noted as a fault, and
/// reading goes on, so that all such faults are told at once. Types are looked at afterwards, by `TypeChecker`.
struct Parser {
    let features: PromQLFeatures
    private(set) var lexer: Lexer
    /// The token that is looked at.
    private(set) var current: Token
    /// Where the last taken token ends.
    private(set) var previousEnd = 0
    private(set) var faults: [Fault] = []
    private(set) var isTooComplex = false
    private var hasNotedFailure = false
    /// What is being read around the current token and has words of its own for what does not fit.
    private var enclosing: [Enclosing] = []
    private var nesting = 0
    private var instructions = 0

    /// Reading cannot go on; why is among the faults.
    struct Stop: Error {}

    struct Fault: Error {
        let message: String
        let place: Place
    }

    /// A piece of the tree and its levels.
    struct Parsed {
        var expression: Expression
        var height: Int
    }

    enum Enclosing {
        /// The aggregation whose word stands at a place.
        case aggregation(Place)
        case brackets
        case step
        case offset
    }

    var text: [UInt8] { lexer.text }

    init(_ text: [UInt8], features: PromQLFeatures) {
        self.features = features
        lexer = Lexer(text)
        current = lexer.next()
    }

    /// The whole text as one expression.
    mutating func parseWhole() throws(Stop) -> Expression {
        if current.kind == .endOfInput {
            note("no expression found in input", at: Place(0..<0))
            throw Stop()
        }
        let parsed = try parseExpression()
        guard current.kind == .endOfInput else { throw unexpected() }
        return parsed.expression
    }

    /// The whole text as one selector.
    mutating func parseWholeSelector() throws(Stop) -> VectorSelector {
        let selector: VectorSelector
        if current.kind == .leftBrace {
            selector = try parseSelector(name: nil)
        } else if current.kind.isMetricName {
            selector = try parseSelector(name: take())
        } else {
            throw unexpected()
        }
        guard current.kind == .endOfInput else { throw unexpected() }
        return selector
    }
}

// Tokens.
extension Parser {
    /// Takes the current token.
    @discardableResult mutating func take() -> Token {
        let token = current
        previousEnd = token.range.upperBound
        current = lexer.next()
        return token
    }

    /// Takes the current token where it is of this kind.
    mutating func accept(_ kind: TokenKind) -> Token? { current.kind == kind ? take() : nil }

    func bytes(of token: Token) -> ArraySlice<UInt8> { text[token.range] }

    func place(of token: Token) -> Place { Place(token.range) }

    /// From the beginning of a place to the end of what has been taken.
    func place(from start: Place) -> Place { Place(from: start, to: Place(previousEnd..<previousEnd)) }

    var currentPlace: Place { Place(current.range) }
}

// Faults.
extension Parser {
    /// Notes what is wrong and lets reading go on.
    mutating func note(_ message: String, at place: Place) {
        if faults.count < ParserLimits.faultsMax { faults.append(Fault(message: message, place: place)) }
    }

    /// The current token does not fit, in what is being read.
    mutating func unexpected(in context: String = "", expected: String = "") -> Stop {
        guard context.isEmpty, let around = enclosing.last else {
            noteUnexpected(context, expected)
            return Stop()
        }
        let duration = "number, duration, step(), or range()"
        switch around {
        case .brackets: noteUnexpected("subquery or range selector", duration)
        case .step: noteUnexpected("subquery selector", "number, duration, step(), range(), or \"]\"")
        case .offset: noteUnexpected("offset", duration)
        case .aggregation(let start):
            noteUnexpected("aggregation", "")
            note("no arguments for aggregate expression provided", at: start)
        }
        return Stop()
    }

    private mutating func noteUnexpected(_ context: String, _ expected: String) {
        if current.kind == .failure { return noteFailure() }
        var message = "unexpected " + current.described(in: text)
        if !context.isEmpty { message += " in " + context }
        if !expected.isEmpty { message += ", expected " + expected }
        note(message, at: currentPlace)
    }

    /// Notes, once, that the text cannot be cut into tokens any further, where that is so.
    mutating func noteFailure() {
        guard current.kind == .failure, !hasNotedFailure else { return }
        hasNotedFailure = true
        note(current.message, at: currentPlace)
    }

    mutating func enter(_ around: Enclosing) { enclosing.append(around) }
    mutating func leave() { enclosing.removeLast() }

    /// Counts a level of nesting, which takes stack.
    mutating func descend() throws(Stop) {
        guard nesting < ParserLimits.nestingMax else { throw tooComplex("is nested too deeply") }
        nesting += 1
    }

    mutating func ascend() { nesting -= 1 }

    /// A tree one level above others.
    mutating func height(above heights: Int...) throws(Stop) -> Int {
        let height = (heights.max() ?? 0) + 1
        guard height <= ParserLimits.heightMax else { throw tooComplex("has too many operators in a row") }
        return height
    }

    /// Counts what the patterns of the text take when they are compiled.
    mutating func book(instructions size: Int, at place: Place) throws(Stop) {
        instructions += size
        guard instructions > ParserLimits.instructionsMax else { return }
        note("the expression has too many or too large regular expressions", at: place)
        throw stopTooComplex()
    }

    private mutating func tooComplex(_ what: String) -> Stop {
        note("the expression " + what, at: currentPlace)
        return stopTooComplex()
    }

    mutating func stopTooComplex() -> Stop {
        isTooComplex = true
        return Stop()
    }
}
