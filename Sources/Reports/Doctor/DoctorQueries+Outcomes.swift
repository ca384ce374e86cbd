import Bytes
import Dialects
import Domain
import JSONTexts

/// What was told of conversations so that no answer shows it.
extension DoctorQueries {
    /// Events that are about a conversation and name none.
    struct LostEvents {
        var sender: String?
        var type: String
        /// Whether a span told it.
        var isOfSpan: Bool
        var events: Int128
    }

    /// A word in a field of which the schema lists those that are understood.
    struct UnlistedWord {
        var sender: String?
        /// Type of the event; nil: any.
        var type: String?
        var field: String
        var said: String
        /// The one that it stands for elsewhere or misses by a slip; nil: nobody knows.
        var meant: String?
        var known: [String]
        /// Whether it says what became of a conversation.
        var isOfOutcome: Bool
        var events: Int128
    }

    /// Messages, and what became of a conversation, that name none, so that they are of none. The messages that spans
    /// told lack what their calls lack.
    func eventsWithoutConversation() throws -> [LostEvents] {
        let types = Self.ofConversations.map(SQLTexts.text).joined(separator: ", ")
        let messages = Self.messages.map(SQLTexts.text).joined(separator: ", ")
        return try counted("events without a conversation", [.key, .key, .key, .sum], by: [3]) { part, limit in
            """
            select \(Self.sender), type, \(Self.isOfSpan), count(*) from events where \(part.received) \
            and type in (\(types)) and (conversation_id is null or conversation_id = '') \
            and not (\(Self.isOfSpan) and type in (\(messages))) \
            group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit \(limit)
            """
        }.map { LostEvents(sender: $0.text(0), type: $0.text(1) ?? "", isOfSpan: $0.flag(2), events: $0.integer(3)) }
    }

    /// Types of messages.
    static let messages: [String] = {
        let registry = SchemaRegistry.builtIn
        let types = registry.wellKnownTypes
        return [types.messageReceived, types.messageSent].map { registry.types[Int($0)].name }
    }()

    /// Types whose events are about a conversation: messages, and what became of it.
    static let ofConversations: [String] = {
        let registry = SchemaRegistry.builtIn
        return registry.neededColumns.enumerated().compactMap { type, columns in
            columns.contains(registry.wellKnown.conversationID) ? registry.types[type].name : nil
        }
    }()

    /// Words in fields by which rules and figures select that are none of those they know. In a field that is not
    /// closed senders have words of their own, so only those count of which it is known what was meant.
    func unlistedWords() throws -> [UnlistedWord] {
        let registry = SchemaRegistry.builtIn
        return try registry.heededFields.flatMap { heeded -> [UnlistedWord] in
            let type = heeded.type.map { registry.types[Int($0)].name }
            let field = registry.columns[Int(heeded.column)].name
            let (known, column) = (heeded.words.sorted(), "\"\(field)\"")
            // Of many words a sender's own, those that are nearly known ones may be the rarest.
            let limit = heeded.isClosed ? Self.rowsMax : Self.wordsMax
            let what = "words of \(field)"
            let rows = try counted(what, [.key, .key, .sum], by: [2], limit: limit) { part, limit in
                """
                select \(Self.sender), left(\(column), \(Self.nameLettersMax)), count(*) \
                from \(type.map(SchemaEventType.tableName(of:)) ?? "events") where \(part.received) \
                and \(column) is not null and \(column) not in (\(known.map(SQLTexts.text).joined(separator: ", "))) \
                group by 1, 2 order by 3 desc, 1, 2 limit \(limit)
                """
            }
            if rows.count >= Self.wordsMax { noteRareOnes(of: what) }
            let words = rows.compactMap { row -> UnlistedWord? in
                let said = row.text(1) ?? ""
                let meant =
                    registry.word(meantBy: said, of: heeded.column, among: known)
                    ?? (heeded.isOfOutcome ? nearestName(to: said, among: known) : nil)
                guard heeded.isClosed || meant != nil else { return nil }
                return UnlistedWord(
                    sender: row.text(0), type: type, field: field, said: said, meant: meant, known: known,
                    isOfOutcome: heeded.isOfOutcome, events: row.integer(2))
            }
            return Array(words.prefix(Self.rowsMax))
        }
    }

    /// Known authors of messages that came in, where none of these is a question; empty where one is. What programs
    /// write (`system`) is taken for none by nobody.
    func authorsWithoutQuestion() throws -> [(author: String, events: Int128)] {
        let (rule, column) = (QuestionRule.question, QuestionRule.authorColumn)
        let (rows, isWhole) = try merged("authors", [.key, .sum, .sum], by: [2, 1]) { part, limit in
            "select left(\(column), \(Self.nameLettersMax)), count(*), "
                + "count(*) filter (where \(rule.sqlCondition)) from \(rule.table) "
                + "where \(part.received) group by 1 order by 3 desc, 2 desc, 1 limit \(limit)"
        }
        // Among what was not looked at there may be one.
        guard isWhole, rows.allSatisfy({ $0.integer(2) == 0 }) else { return [] }
        return rows.compactMap { row in
            guard let author = row.text(0), Self.peopleAndAgents.contains(author) else { return nil }
            return (author: author, events: row.integer(1))
        }
    }

    private static let peopleAndAgents = ["agent", "human"]

    /// A member of an event's data that is kept beside the fields and was meant to be one of them.
    struct MisspeltMember {
        var sender: String?
        var type: String
        var name: String
        /// The field.
        var meant: String
        var events: Int128
    }

    /// Events with members whose names are looked at, the latest.
    private static let membersOfMax = 2000
    /// Bytes of an event's members; whoever misspells a field has no more of them.
    private static let membersBytesMax = 64 << 10
    /// Names of members that are looked at, each once a type: strangers may make up a new one for every event.
    private static let membersMax = 1024
    /// Names of members that are counted.
    private static let countedMax = 20

    /// Names of a type's events that are nearly those of its fields.
    private struct Slips {
        var type: String
        var found: [(name: String, meant: String)] = []
    }

    /// Names in the data of events that are nearly those of fields that the events then lack.
    func misspeltMembers() throws -> [MisspeltMember] {
        var all: [MisspeltMember] = []
        for slips in try slips() where !slips.found.isEmpty {
            let conditions = slips.found.map { name, meant in
                "attributes->>\(SQLTexts.text(name)) is not null and \"\(meant)\" is null"
            }
            let counts = conditions.map { "count(*) filter (where \($0))" }.joined(separator: ", ")
            let any = conditions.map { "(\($0))" }.joined(separator: " or ")
            let sums = Array(repeating: MergedRows.Column.sum, count: conditions.count + 1)
            let rows = try counted("members of \(slips.type)", [.key] + sums, by: [1]) { part, limit in
                """
                select \(Self.sender), count(*), \(counts) from \(SchemaEventType.tableName(of: slips.type)) \
                where \(part.received) and (\(any)) group by 1 order by 2 desc, 1 limit \(limit)
                """
            }
            for (place, slip) in slips.found.enumerated() {
                for row in rows where row.integer(place + 2) > 0 {
                    all.append(
                        MisspeltMember(
                            sender: row.text(0), type: slips.type, name: slip.name, meant: slip.meant,
                            events: row.integer(place + 2)))
                }
            }
        }
        return Array(all.prefix(Self.rowsMax))
    }

    /// By type, in the order in which they are met.
    private func slips() throws -> [Slips] {
        var search = SlipSearch()
        var left = Self.membersOfMax
        try inParts("members of events") { part in
            let rows = try runner.rows(
                """
                select type, cast(attributes as text) from events where \(part.received) and attributes is not null \
                and octet_length(cast(attributes as text)) <= \(Self.membersBytesMax) \
                and type <> 'span.received' and source not like '\(TraceSettler.sourcePrefix)%' \
                order by received_time desc, 1, 2 limit \(left)
                """)
            left -= rows.count
            for row in rows {
                if !search.look(row) { return false }
            }
            return left > 0
        }
        return search.slips
    }

    /// Looks for slips, event by event.
    private struct SlipSearch {
        private(set) var slips: [Slips] = []
        private var places: [ExactText: Int] = [:]
        private var seen: Set<[ExactText]> = []
        private var count = 0

        /// - Parameter row: the type of an event and its members.
        /// - Returns: whether more may be looked at.
        mutating func look(_ row: ReportRow) -> Bool {
            let registry = SchemaRegistry.builtIn
            guard let type = row.text(0), let id = registry.type(named: type), let text = row.text(1),
                let members = try? JSONReader.parse(Array(text.utf8)).members
            else { return true }
            let place = places[ExactText(type)] ?? slips.count
            if place == slips.count {
                slips.append(Slips(type: type))
                places[ExactText(type)] = place
            }
            for member in members {
                guard seen.count < DoctorQueries.membersMax, count < DoctorQueries.countedMax else { return false }
                guard seen.insert([ExactText(type), ExactText(member.name)]).inserted,
                    let meant = registry.column(nearly: member.name, in: id)
                else { continue }
                slips[place].found.append((member.name, registry.columns[Int(meant)].name))
                count += 1
            }
            return true
        }
    }
}
