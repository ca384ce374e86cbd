internal import CLibPQ

/// A connection to a PostgreSQL server: libpq with its service files, `PG*` variables, `.pgpass`, host lists and TLS.
///
/// For one thread at a time, which it blocks, but once it is open never for longer than the silence that is borne, and
/// not once nobody wants the answer. Statements go as text, so nothing stays on the server that a pooler could give to
/// somebody else.
@safe package final class PostgresConnection {
    private let handle: OpaquePointer
    private let silenceMillisecondsMax: Int
    private let isAbandoned: () -> Bool
    /// Nobody has heard yet what became of what was copied last.
    private var isCopyPending = false

    /// Between two looks whether somebody still wants the answer, ms.
    private static let sliceMilliseconds = 100
    /// Bytes that are handed to libpq at one time.
    private static let pieceBytes = 1 << 18
    /// The longest answer has some ten thousand rows; each cell counts as a few bytes more than it has.
    private static let answerBytesMax = 64 << 20
    private static let cellBytes = 32

    private static let isPrepared: Bool = {
        pq_prepare()
        return true
    }()

    /// Connects, to the first host of several that is there and what the settings want it to be; each has ten seconds
    /// unless they say otherwise.
    /// - Parameters:
    ///   - settings: as libpq reads them, `key=value` or a URI; what is not in it libpq takes from the environment,
    ///     from service files and `.pgpass`.
    ///   - silenceMillisecondsMax: so long it is waited for a sign of the server.
    ///   - isAbandoned: asked again and again: true ends what is under way.
    /// - Throws: ``PostgresFailure``.
    package init(
        settings: String, silenceMillisecondsMax: Int, isAbandoned: @escaping () -> Bool = { false }
    ) throws(PostgresFailure) {
        precondition(Self.isPrepared, "OpenSSL knows how to end")
        self.silenceMillisecondsMax = silenceMillisecondsMax
        self.isAbandoned = isAbandoned
        guard Self.canRead(settings) else {
            throw PostgresFailure(.settings, "libpq cannot read these settings of a connection")
        }
        unsafe handle = try Self.connect(settings, isAbandoned)
        unsafe pq_silence(handle)
        guard isOpen, unsafe PQsetnonblocking(handle, 1) == 0 else { throw failure(.connection) }
    }

    deinit { unsafe PQfinish(handle) }

    /// What came of connecting, well or not.
    private static func connect(
        _ settings: String, _ isAbandoned: () -> Bool
    ) throws(PostgresFailure) -> OpaquePointer {
        guard let attempt = unsafe pq_attempt_begin(settings) else {
            throw PostgresFailure(.connection, "there is no memory for a connection")
        }
        while unsafe pq_attempt_wait(attempt, CInt(sliceMilliseconds)) == 0 {
            guard isAbandoned() else { continue }
            // Sound: the attempt is not touched after this.
            unsafe pq_attempt_abandon(attempt)
            throw PostgresFailure(.abandoned, "it was not waited for any longer")
        }
        guard let handle = unsafe pq_attempt_take(attempt) else {
            throw PostgresFailure(.connection, "there is no memory for a connection")
        }
        return unsafe handle
    }

    /// libpq's own words about settings repeat them, a password among them. One with `@`, `/` or `:` as they stand, as
    /// no URI has them, leads to hosts and ports that hold a piece of it: these are refused without a word, too.
    private static func canRead(_ settings: String) -> Bool {
        var message: UnsafeMutablePointer<CChar>?
        let options = unsafe PQconninfoParse(settings, &message)
        unsafe PQfreemem(message)
        guard let options = unsafe options else { return false }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        // Sound: the list ends with an option without a name, and texts are there until it is freed.
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val,
                unsafe !isHarmless(String(cString: keyword), String(cString: value))
            {
                return false
            }
            unsafe option += 1
        }
        return true
    }

    /// Whether the value of an option may be told to who sees why it did not do.
    private static func isHarmless(_ option: String, _ value: String) -> Bool {
        let parts = value.split(separator: ",")
        return switch option {
        // A socket without a file has one in front.
        case "host", "hostaddr": parts.allSatisfy { !$0.dropFirst().contains("@") }
        case "port", "connect_timeout": parts.allSatisfy { Int($0) != nil }
        default: true
        }
    }

    /// The server's version as `server_version_num` has it, such as 150018.
    package var serverVersion: Int { unsafe Int(PQserverVersion(handle)) }

    /// How the database keeps texts, such as `UTF8`; nil: it did not say.
    package var serverEncoding: String? {
        guard let value = unsafe PQparameterStatus(handle, "server_encoding") else { return nil }
        return unsafe String(cString: value)
    }

    /// Whether it can be asked something.
    private var isOpen: Bool { unsafe PQstatus(handle) == CONNECTION_OK }

    // MARK: Waiting

    /// Returns once the socket is ready.
    private func wait(writes: Bool, reads: Bool, _ silence: inout Int) throws(PostgresFailure) {
        while true {
            if isAbandoned() { throw PostgresFailure(.abandoned, "it was not waited for any longer") }
            switch unsafe pq_wait(handle, writes ? 1 : 0, reads ? 1 : 0, CInt(Self.sliceMilliseconds)) {
            case 1:
                silence = 0
                return
            case 0:
                silence += Self.sliceMilliseconds
                if silence >= silenceMillisecondsMax {
                    throw PostgresFailure(.silence, "the server was silent for \(silence / 1000) s")
                }
            default: throw failure(.broken)
            }
        }
    }

    // MARK: Asking

    /// Runs statements that are separated by semicolons, and gives the rows of the last one that has any.
    /// - Returns: texts, as the server writes them; nil for NULL.
    /// - Throws: ``PostgresFailure``; a transaction that was begun is left to be rolled back.
    package func run(_ statements: String) throws(PostgresFailure) -> [[String?]] {
        try hearCopy()
        // Row by row, so that an answer is let go of when it comes to too much.
        guard unsafe PQsendQuery(handle, statements) == 1, unsafe PQsetSingleRowMode(handle) == 1 else {
            throw failure(.broken)
        }
        try flush()
        return try results().rows
    }

    /// Runs `COPY … FROM STDIN` and hands it what is to be copied. What became of it the next call hears, so that the
    /// server is at work while whoever copies makes ready what follows.
    /// - Parameter data: the whole of it, with header and trailer where it is binary.
    /// - Throws: ``PostgresFailure``, also of the copy before.
    package func copy(_ statement: String, _ data: [UInt8]) throws(PostgresFailure) {
        try hearCopy()
        guard unsafe PQsendQuery(handle, statement) == 1 else { throw failure(.broken) }
        try flush()
        guard try results().isCopying else {
            throw PostgresFailure(.refused, "the server did not wait for what is to be copied")
        }
        var start = 0
        while start < data.count {
            let end = min(start + Self.pieceBytes, data.count)
            try put(data[start..<end])
            start = end
        }
        var silence = 0
        while true {
            let state = unsafe PQputCopyEnd(handle, nil)
            if state == 1 { break }
            if state < 0 { throw try refusalOrBreak() }
            try makeRoom(&silence)
        }
        try flush()
        isCopyPending = true
    }

    private func hearCopy() throws(PostgresFailure) {
        guard isCopyPending else { return }
        isCopyPending = false
        _ = try results()
    }

    private func put(_ piece: ArraySlice<UInt8>) throws(PostgresFailure) {
        var silence = 0
        while true {
            let state = unsafe piece.withUnsafeBytes { bytes in
                // Sound: libpq copies what it takes before it returns.
                unsafe PQputCopyData(
                    handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(bytes.count))
            }
            if state == 1 { return }
            if state < 0 { throw try refusalOrBreak() }
            try makeRoom(&silence)
        }
    }

    /// What the server said that makes libpq take nothing more.
    private func refusalOrBreak() throws(PostgresFailure) -> PostgresFailure {
        let failure = failure(.broken)
        if isOpen { _ = try results() }
        return failure
    }

    /// Has what waits in libpq go out.
    private func flush() throws(PostgresFailure) {
        var silence = 0
        while true {
            switch unsafe PQflush(handle) {
            case 0: return
            case 1: try makeRoom(&silence)
            default: throw failure(.broken)
            }
        }
    }

    /// A server that says something while we write wants to be heard first.
    private func makeRoom(_ silence: inout Int) throws(PostgresFailure) {
        try wait(writes: true, reads: true, &silence)
        guard unsafe PQconsumeInput(handle) == 1 else { throw failure(.broken) }
        _ = unsafe PQflush(handle)
    }

    private struct Results {
        var rows: [[String?]] = []
        /// The server waits for what is to be copied.
        var isCopying = false
    }

    private func results() throws(PostgresFailure) -> Results {
        var all = Results()
        // Of the statement whose rows come.
        var rows: [[String?]] = []
        var room = Self.answerBytesMax
        var refusal: PostgresFailure?
        var silence = 0
        while true {
            while unsafe PQisBusy(handle) == 1 {
                try wait(writes: false, reads: true, &silence)
                guard unsafe PQconsumeInput(handle) == 1 else { throw failure(.broken) }
            }
            guard let result = unsafe PQgetResult(handle) else { break }
            defer { unsafe PQclear(result) }
            switch unsafe PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE:
                unsafe rows += Self.rows(of: result, &room)
                guard room >= 0 else {
                    throw PostgresFailure(.broken, "the server says more than was asked for")
                }
            case PGRES_TUPLES_OK: (all.rows, rows) = (rows, [])
            // libpq would give the same for ever.
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw PostgresFailure(.broken, "the server hands out what nobody asked for")
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            case PGRES_COPY_IN:
                all.isCopying = true
                return all
            default: refusal = refusal ?? (unsafe Self.refusal(result))
            }
        }
        if let refusal {
            // An administrator who ends a session leaves no connection, either.
            throw isOpen ? refusal : PostgresFailure(.broken, sqlState: refusal.sqlState, refusal.description)
        }
        guard isOpen else { throw failure(.broken) }
        return all
    }

    /// - Parameter room: so many bytes may still come.
    private static func rows(of result: OpaquePointer, _ room: inout Int) -> [[String?]] {
        let (rows, columns) = unsafe (PQntuples(result), PQnfields(result))
        return (0..<rows).map { row in
            room -= cellBytes
            return (0..<columns).map { column in
                room -= unsafe Int(PQgetlength(result, row, column)) + cellBytes
                if unsafe PQgetisnull(result, row, column) == 1 { return nil }
                return unsafe String(cString: PQgetvalue(result, row, column))
            }
        }
    }

    private static func refusal(_ result: OpaquePointer) -> PostgresFailure {
        func field(_ code: Character) -> String? {
            guard let value = unsafe PQresultErrorField(result, CInt(code.asciiValue ?? 0)) else { return nil }
            return unsafe String(cString: value)
        }
        // Details can quote rows, and these are nobody's business in a log: the primary message does.
        let text = field("M") ?? (unsafe String(cString: PQresultErrorMessage(result)))
        return PostgresFailure(.refused, sqlState: field("C"), line(text))
    }

    private func failure(_ kind: PostgresFailure.Kind) -> PostgresFailure {
        let text = unsafe String(cString: PQerrorMessage(handle))
        return PostgresFailure(kind, Self.line(text))
    }

    /// What a message says, on one line.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmed }.joined(separator: "; ")
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
