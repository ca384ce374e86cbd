import Bytes
package import Domain
package import Execution
import JSONTexts
package import Plans

/// A statement with its settings, and how its answer is to be written.
package struct QueryRequest: Sendable {
    /// The statement.
    package var sql: String
    /// Its settings, within the limits.
    package var options: QueryOptions
    /// How the answer is written.
    package var format: ResultFormat

    /// How a body says what is asked.
    package enum Form: Hashable, Sendable {
        /// `{"sql":…,"timezone":…,"rollups":…,"time_limit_seconds":…}`.
        case members
        /// The statement alone.
        case text
    }

    /// Reads a body.
    /// - Throws: `malformed` with the position.
    package init(
        body: [UInt8], form: Form, format: ResultFormat, limits: ServerLimits
    ) throws(QueryRefusal) {
        self.format = format
        options = QueryOptions()
        options.memoryBudgetBytes = limits.questionMemoryBytesMax
        let limitSeconds = limits.queryTimeLimit.components.seconds
        let timeLimitMax = limits.queryTimeLimitNanoseconds
        options.timeLimitNanoseconds = timeLimitMax
        switch form {
        case .members:
            let members = try Members(body)
            guard let text = try members.text("sql") else {
                throw QueryRefusal(.malformed, "the member sql is missing", hint: Self.example)
            }
            sql = text
            if let zone = try members.text("timezone") { options.timeZone = zone }
            if let usesRollups = try members.flag("rollups") { options.usesRollups = usesRollups }
            if let seconds = try members.count("time_limit_seconds") {
                let (nanoseconds, isTooMuch) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
                guard !isTooMuch, nanoseconds <= timeLimitMax else {
                    throw QueryRefusal(
                        .malformed,
                        "time_limit_seconds is more than the \(limitSeconds) s that a question may take here",
                        hint: "the setting limits.query_time of the server says how long")
                }
                options.timeLimitNanoseconds = nanoseconds
            }
        case .text: sql = try Self.text(body)
        }
    }

    private static let example = #"send {"sql":"select count(*) from events"}"#

    private static func text(_ body: [UInt8]) throws(QueryRefusal) -> String {
        if let text = String(validating: body, as: UTF8.self) { return text }
        // Up to the byte that breaks it, the text and its repair are the same bytes.
        let repaired = String(decoding: body, as: UTF8.self).utf8
        let sound = zip(body, repaired).prefix { $0 == $1 }.count
        throw QueryRefusal(
            .malformed, "the query is no UTF-8", hint: "convert it; `SQL_ASCII` and the like are not guessed",
            position: sound)
    }

    /// The members of a question in JSON, each known, there once and of its type: one that is passed over would change
    /// what is asked.
    private struct Members {
        private static let names = ["sql", "timezone", "rollups", "time_limit_seconds"]
        private let json: JSONValue

        init(_ body: [UInt8]) throws(QueryRefusal) {
            json = try QueryRequest.object(body)
            guard let members = json.members else {
                throw QueryRefusal(.malformed, "the body is no JSON object", hint: QueryRequest.example)
            }
            var seen: Set<ExactText> = []
            for member in members {
                guard Self.names.contains(where: { $0.hasSameBytes(as: member.name) }) else {
                    throw QueryRefusal(
                        .malformed, "there is no member \(member.name)",
                        hint: nameHint(to: member.name, known: Self.names))
                }
                guard seen.insert(ExactText(member.name)).inserted else {
                    throw QueryRefusal(
                        .malformed, "the member \(member.name) is there twice", hint: QueryRequest.example)
                }
            }
        }

        func text(_ name: String) throws(QueryRefusal) -> String? {
            guard let value = value(name) else { return nil }
            guard let text = value.string else { throw mismatch(name, "text") }
            return text
        }

        func flag(_ name: String) throws(QueryRefusal) -> Bool? {
            guard let value = value(name) else { return nil }
            guard case .boolean(let flag) = value else { throw mismatch(name, "true or false") }
            return flag
        }

        func count(_ name: String) throws(QueryRefusal) -> Int64? {
            guard let value = value(name) else { return nil }
            guard let count = value.integer, count > 0 else { throw mismatch(name, "a whole number from 1") }
            return count
        }

        /// nil for `null`, too.
        private func value(_ name: String) -> JSONValue? { json[name].flatMap { $0 == .null ? nil : $0 } }

        private func mismatch(_ name: String, _ expected: String) -> QueryRefusal {
            QueryRefusal(.malformed, "the member \(name) is not \(expected)", hint: QueryRequest.example)
        }
    }

    private static func object(_ body: [UInt8]) throws(QueryRefusal) -> JSONValue {
        do {
            return try JSONReader.parse(body)
        } catch {
            throw QueryRefusal(
                .malformed, "the body is not JSON: expected \(error.expectation)", hint: example,
                position: error.offset)
        }
    }
}
