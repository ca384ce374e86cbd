import Bytes
package import Domain
import JSONTexts

/// By what conversations are listed.
package enum ConversationOrder: String, CaseIterable, Hashable, Sendable {
    /// By when the first event happened.
    case newest
    /// By what is known to have been paid.
    case cost
    /// From the first event to the last thing that a person or an agent did.
    case duration
    /// By how many answers failed.
    case errors
    /// By the answer that took longest of all its answers; what has none comes behind all that have.
    case slowest
    /// By when the last event happened.
    case last
}

/// Which end of the order a list begins with.
package enum ConversationDirection: String, CaseIterable, Hashable, Sendable {
    /// With the greatest, or latest.
    case desc
    /// With the least, or earliest: the same list turned round.
    case asc
}

/// Which conversations are listed, in which order, and from where on.
package struct ConversationRequest: Sendable {
    /// So many at a time where nothing is said.
    package static let countStandard = 50
    /// Never more at a time.
    package static let countMax = 500

    /// Conversations of which something happened in it.
    let period: ReportPeriod
    /// By name of a column of `conversations`; texts that it must have.
    let texts: [(column: String, text: String)]
    /// What its id begins with; empty: any.
    let idPrefix: String
    /// How it ended; nil: however.
    let outcome: Outcome?
    /// What counts as resolved.
    let rule: OutcomeRule
    /// At least so many failed answers.
    let errorsMin: Int64
    /// At least so much, pico-USD.
    let costMin: Int64
    /// At least so long, ns.
    let durationMin: Int64
    let order: ConversationOrder
    let direction: ConversationDirection
    /// So many at a time.
    let count: Int
    /// The place in the list that the page lies behind, or before; nil: it is the first one.
    let place: ConversationCursor?
    /// Whether what stands right before the place is asked for, and not what stands behind it.
    let isBefore: Bool

    /// Whether the page goes on towards greater values, as those before a place do where the greatest comes first.
    var isUp: Bool { (direction == .asc) != isBefore }

    /// The place, as an address says it.
    package var placeText: String? { place?.text }

    /// Reads what an address says.
    /// - Parameters:
    ///   - now: what `now` means, ns since 1970 UTC.
    ///   - rule: what counts as resolved where nothing is said.
    ///   - value: the text of a parameter; nil where nothing is said.
    /// - Throws: ``ReportError`` that repeats no text of a user.
    package init(now: Int64, rule: OutcomeRule, _ value: (String) -> String?) throws(ReportError) {
        // Dates, and days of words such as now/d, are days of this zone.
        let clock = try ReportRequest.clock(value("timezone") ?? "UTC")
        order = try Self.choice(value("sort"), "sort") ?? .newest
        direction = try Self.choice(value("order"), "order") ?? .desc
        self.rule = try Self.choice(value("rule"), "outcome rule") ?? rule
        outcome = try Self.choice(value("outcome"), "outcome")
        let (behind, before) = (value("cursor"), value("before"))
        guard behind == nil || before == nil else {
            throw ReportError(
                message: "cursor and before are given together", hint: "a page lies behind a place or before one")
        }
        isBefore = before != nil
        place = try (behind ?? before).map { text throws(ReportError) in try ConversationCursor(text) }
        if let place {
            guard place.order == order else {
                throw ReportError(
                    message: "the cursor is of a list that is sorted by \(place.order.rawValue)",
                    hint: "give the same sort as for the page before")
            }
            guard place.direction == direction else {
                throw ReportError(
                    message: "the cursor is of a list in the order \(place.direction.rawValue)",
                    hint: "give the same order as for the page before")
            }
            // Relative times move on; a list that somebody goes through does not.
            period = ReportPeriod(from: place.from, to: place.to)
        } else {
            let from = try value("from").map { text throws(ReportError) in
                try PeriodText.parse(text, now: now, clock: clock)
            }
            let to = try value("to").map { text throws(ReportError) in
                try PeriodText.parse(text, now: now, clock: clock, isEnd: true)
            }
            period = try ReportRequest(from: from, to: to).period(now: now)
        }
        var texts: [(String, String)] = []
        for name in ["tenant", "channel", "topic", "variant"] {
            if let text = try Self.text(value(name), name) { texts.append((name, text)) }
        }
        if let token = value("user") {
            guard Self.isToken(token) else {
                throw ReportError(
                    message: "user is no token",
                    hint: "ids of users stand in no address: select user_token('…') says it")
            }
            texts.append(("user_id", token))
        }
        self.texts = texts
        idPrefix = try Self.text(value("id"), "id") ?? ""
        errorsMin = try Self.number(value("errors"), "errors", scale: 0, "a whole number")
        costMin = try Self.number(value("min_cost"), "min_cost", scale: DecimalText.usdScale, "an amount in USD")
        durationMin = try Self.number(value("min_duration"), "min_duration", scale: 9, "a number of seconds")
        let count = try value("limit").map { text throws(ReportError) in
            try Self.number(text, "limit", scale: 0, "a whole number")
        }
        guard let count else {
            self.count = Self.countStandard
            return
        }
        guard (1...Int64(Self.countMax)).contains(count) else {
            throw ReportError(message: "limit is not between 1 and \(Self.countMax)", hint: "ask for the next page")
        }
        self.count = Int(count)
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String?, _ kind: String
    ) throws(ReportError) -> Choice? where Choice.RawValue == String {
        guard let text else { return nil }
        let choices = Array(Choice.allCases)
        guard let choice = choices.first(where: { $0.rawValue.hasSameBytes(as: text) }) else {
            throw ReportError(
                message: "there is no \(kind) \(text)", hint: nameHint(to: text, known: choices.map(\.rawValue)))
        }
        return choice
    }

    private static func text(_ text: String?, _ name: String) throws(ReportError) -> String? {
        guard let text else { return nil }
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw ReportError(
                message: "\(name) is a text that no conversation has", hint: "leave it out, or say what it is")
        }
        return text
    }

    private static func number(
        _ text: String?, _ name: String, scale: Int, _ expected: String
    ) throws(ReportError) -> Int64 {
        guard let text else { return 0 }
        // An exponent, which numbers in JSON may have, is nothing that somebody means here.
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let number = try? DecimalText.parse(text, scale: scale)
        else {
            throw ReportError(message: "\(name) is not \(expected)", hint: "write it as a decimal number from 0 on")
        }
        return number
    }

    /// As `userToken` makes them.
    private static func isToken(_ text: String) -> Bool {
        text.hasPrefix("u_") && bytes(ofHexadecimal: text.utf8.dropFirst(2))?.count == 16
    }
}
