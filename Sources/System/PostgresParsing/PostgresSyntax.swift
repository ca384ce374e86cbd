internal import CPgQuery
internal import Glibc

/// SQL that PostgreSQL's grammar refuses.
package struct PostgresSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// PostgreSQL's own words, such as `syntax error at or near "form"`.
    package var message: String
    /// The character (not byte) of the text at which it stopped, from 1; 0 when unknown.
    package var position: Int
    /// Refused before it was read, for what reading it would take.
    package var isTooComplex: Bool

    /// Takes each part as given.
    package init(message: String, position: Int, isTooComplex: Bool = false) {
        self.message = message
        self.position = position
        self.isTooComplex = isTooComplex
    }

    package var description: String { position > 0 ? "\(message) at character \(position)" : message }
}

/// PostgreSQL's grammar, through libpg_query.
package enum PostgresSyntax {
    /// The longest text that is taken.
    static let textBytesMax = 256 * 1024

    /// Up to here the caller's stack is deep enough: a level takes some 130 bytes of stack and at least two of text.
    private static let shallowTextBytesMax = 4_096

    /// Parses statements into libpg_query's JSON tree:
    /// `{"version":…,"stmts":[{"stmt":{…},"stmt_location":…,"stmt_len":…}]}`. `location` values inside are byte offsets
    /// into `sql`. Callable from any thread.
    /// - Throws: ``PostgresSyntaxError`` for text that the grammar refuses, that holds a NUL, or that is too long, and
    ///   for runs of operator characters on which the lexer's time would grow with the square of their length.
    /// - Complexity: O(length); allocates outside Swift and frees before it returns.
    package static func parse(_ sql: String) throws(PostgresSyntaxError) -> String {
        let length = sql.utf8.count
        guard length <= textBytesMax else {
            throw PostgresSyntaxError(message: "statement of \(length) bytes exceeds \(textBytesMax)", position: 0)
        }
        if let nul = sql.unicodeScalars.firstIndex(of: "\0") {
            let position = sql.unicodeScalars.distance(from: sql.unicodeScalars.startIndex, to: nul) + 1
            throw PostgresSyntaxError(message: "null character not allowed in a statement", position: position)
        }
        if let start = OperatorRuns.firstTooLong(in: sql) {
            let position = sql.utf8.prefix(start).count { $0 & 0xC0 != 0x80 } + 1
            throw PostgresSyntaxError(
                message: "more than \(OperatorRuns.bytesMax) operator characters stand side by side",
                position: position, isTooComplex: true)
        }
        let stackBytes = length <= shallowTextBytesMax ? 0 : 512 * 1024 + 256 * length
        // Sound: the text lives during the call; the result is owned here and freed once, after its strings were
        // copied.
        let result = unsafe sql.withCString { text in
            unsafe stackBytes == 0 ? pg_query_parse(text) : parseOnDeepStack(text, stackBytes: stackBytes)
        }
        defer { unsafe pg_query_free_parse_result(result) }
        if let failure = unsafe result.error {
            let message = unsafe failure.pointee.message.map { unsafe String(cString: $0) } ?? "syntax error"
            throw PostgresSyntaxError(message: message, position: unsafe max(0, Int(failure.pointee.cursorpos)))
        }
        guard let tree = unsafe result.parse_tree else {
            throw PostgresSyntaxError(message: "no thread to parse a long statement on", position: 0)
        }
        return unsafe String(cString: tree)
    }
}

/// What travels to the thread with the deep stack and back.
@unsafe private struct DeepParse {
    var text: UnsafePointer<CChar>
    var result: PgQueryParseResult
}

/// Parses on a thread of its own and waits for it: libpg_query prints its tree by recursion, and neither the caller's
/// stack nor the library bounds that. The stack's pages are touched only as far as the tree is deep.
private func parseOnDeepStack(_ text: UnsafePointer<CChar>, stackBytes: Int) -> PgQueryParseResult {
    var work = unsafe DeepParse(text: text, result: PgQueryParseResult())
    // Sound: `work` and the text outlive the thread, which is joined before this function returns; nobody else touches
    // them meanwhile.
    return unsafe withUnsafeMutablePointer(to: &work) { work in
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setstacksize(&attributes, (stackBytes + 0xFFFF) & ~0xFFFF)
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let created = unsafe pthread_create(
            &thread, &attributes,
            { raw in
                guard let work = unsafe raw?.assumingMemoryBound(to: DeepParse.self) else { return nil }
                unsafe work.pointee.result = unsafe pg_query_parse(work.pointee.text)
                return nil
            }, work)
        if created == 0 { pthread_join(thread, nil) }
        return unsafe work.pointee.result
    }
}
