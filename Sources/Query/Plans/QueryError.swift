/// Why a question was refused or ended: what kind of thing went wrong, in words, and where in the question's text.
package struct QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong; fronts judge by it.
    package var kind: Kind
    /// What is wrong, without position and hint.
    package var message: String
    /// What to do about it.
    package var hint: String?
    /// 1-based character position in the text of the question, as PostgreSQL counts it.
    package var position: Int?

    /// Texts of the question and of rows are quoted in messages, however long they are: so much is told.
    private static let messageBytesMax = 4096

    /// Takes each part as given, of a very long message the beginning.
    package init(_ kind: Kind, _ message: String, hint: String? = nil, position: Int? = nil) {
        self.kind = kind
        self.message =
            message.utf8.count <= Self.messageBytesMax
            ? message : String(String.UnicodeScalarView(message.unicodeScalars.prefix(Self.messageBytesMax / 4))) + "…"
        self.hint = hint
        self.position = position
    }

    /// A text that is no JSON document.
    /// - Parameter fault: what is wrong with it.
    package static func invalidJSON(_ fault: String, position: Int? = nil) -> QueryError {
        QueryError(.invalidText, "invalid input syntax for type json: \(fault)", position: position)
    }

    /// What PostgreSQL's numerics may be and ours never are.
    package static func nonFiniteNumeric(position: Int? = nil) -> QueryError {
        QueryError(.notSupported, "NaN and infinity as numeric are not supported", position: position)
    }

    /// Times here have 64 bits of ns since 1970, and none of them stands for what never comes.
    package static func infiniteTime(position: Int? = nil) -> QueryError {
        QueryError(
            .notSupported, "infinity as a time is not supported",
            hint: "Leave the bound out, or name the ends of what is kept: '1677-09-22' and '2262-04-11'.",
            position: position)
    }

    /// What a text says of its zone is the time of no place.
    package static func zoneOutOfRange(_ text: String, position: Int? = nil) -> QueryError {
        QueryError(.zoneOutOfRange, "time zone displacement out of range: \"\(text)\"", position: position)
    }

    /// A question would hold more than one may.
    package static func memoryExceeded(limitBytes: Int) -> QueryError {
        QueryError(
            .memoryExceeded, "query needs more than its memory budget of \(limitBytes >> 20) MiB",
            hint: "group by fewer values, add a filter or a limit, or raise the setting limits.query_memory")
    }

    /// Others hold what a question would need.
    package static let memoryTaken = QueryError(
        .memoryExceeded, "the memory of the server is taken by other questions and answers",
        hint: "ask again, or for less at a time; the setting memory says how much there is")

    /// Whoever asked wants no answer any more.
    package static let cancelled = QueryError(.cancelled, "canceling statement due to user request")

    package var description: String {
        "\(message) (\(kind))" + (position.map { " at character \($0)" } ?? "") + (hint.map { "; \($0)" } ?? "")
    }
}

extension QueryError {
    /// All that can be wrong with a question or end its answer. Each front has its own words or codes for it: SQL's are
    /// in `SQLText`.
    package enum Kind: Hashable, Sendable, CaseIterable {
        // The question as it is written.
        case syntax
        /// Longer, deeper or of more tables than is read.
        case queryTooComplex
        /// Well formed, but not answered here.
        case notSupported

        // What it names.
        case undefinedTable, undefinedColumn
        /// A function, an aggregate or an operator for these types.
        case undefinedFunction
        /// A type or a setting.
        case undefinedName
        case undefinedCast
        case ambiguousColumn, ambiguousOperator
        /// One name for two tables.
        case duplicateName
        /// A place in a list that does not exist, or more names than columns.
        case invalidReference

        // What it means.
        case typeMismatch, undeterminedType
        /// An aggregate where none may stand, or a column beside aggregates that is not grouped.
        case misusedAggregate
        /// An ordered-set aggregate without its order, or a plain one with it.
        case wrongAggregate
        /// A window function where none may stand, or a window that cannot be.
        case misusedWindow
        case negativeLimit, negativeOffset

        // The values it meets.
        case divisionByZero
        case numberOutOfRange, timeOutOfRange, intervalOutOfRange
        /// An offset from Greenwich of 16 hours or more.
        case zoneOutOfRange
        /// A text that is no value of a type; times and intervals have a case of their own.
        case invalidText, invalidTime
        /// A unit, a zone, a setting's value: a word or number that the function does not take.
        case invalidParameter
        case invalidPattern, invalidEscape
        case invalidLogarithm, invalidPower
        /// How far a frame reaches: not at all known, or below zero.
        case missingFrame, negativeFrame
        /// Into how many parts rows are put, or the number of a row in its frame: below one.
        case invalidTiles, invalidPlace
        /// The length of a substring.
        case negativeLength
        /// More than one row where one value is meant.
        case tooManyRows
        /// A value that would be greater than values may be.
        case resultTooLarge

        // What it takes.
        case memoryExceeded
        /// By whoever asked.
        case cancelled
        case deadlineExceeded

        /// What the tables keep does not read.
        case damagedData
    }
}
