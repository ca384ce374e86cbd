import Bytes
import Columnar
import Domain

/// How the questions of a report are asked of the rows alone that its filters let through: a question names tables as
/// it does without filters, and before it stands what these names mean then. So no question of a report can forget
/// them.
///
/// What a row says of a dimension is what a breakdown takes it for (`ReportDimension.expression`): a report with one
/// filter has the figures of that one row of the breakdown. Rows that cannot say it are none of them.
struct FilteredTables {
    let filters: ReportFilters
    /// Which name of a model counts.
    let model: DisplayedModelName

    /// The name of a table whose every row is meant, filters or not: what rows that were let through are looked up in.
    static func whole(_ table: String) -> String { "all_" + table }

    /// What is asked of the log itself says nothing of whose it is.
    private static let unfiltered: Set<String> = ["system_events"]

    /// The question with what its tables mean before it.
    /// - Parameters:
    ///   - sql: one that begins with `select`.
    ///   - columns: those of a table; nil where there is none.
    ///   - tables: the names of all tables.
    ///   - isOnce: whether each conversation has one row at most, as for `ReportDimension.join`.
    ///   - lacks: whether a row of a table that has a conversation does not say all of some dimensions itself.
    func question(
        _ sql: String, tables: [String], columns: (String) -> [TableColumn]?, isOnce: () throws -> Bool,
        lacks: ([ReportDimension], String) throws -> Bool
    ) throws -> String {
        let read = Self.tables(of: sql)
        let named = tables.filter { read.contains($0) && !Self.unfiltered.contains($0) }
        var meanings: [(name: String, text: String)] = []
        for table in named {
            guard let columns = columns(table) else { continue }
            let names = Set(columns.map(\.name))
            meanings.append((table, try meaning(of: table, columns: names, isOnce: isOnce, lacks: lacks)))
        }
        // Each sees the ones before it, and those are the tables as they are.
        let isWhole = { (table: String) in
            read.contains(Self.whole(table))
                || table == "conversations" && meanings.contains { $0.text.contains(Self.whole(table)) }
        }
        let whole = tables.filter(isWhole).map { (name: Self.whole($0), text: "select * from \($0)") }
        let all = whole + meanings
        if all.isEmpty { return sql }
        return "with " + all.map { "\($0.name) as (\($0.text))" }.joined(separator: ", ") + " " + sql
    }

    /// The names behind `from` and `join`, of tables and of anything else.
    private static func tables(of sql: String) -> Set<String> {
        let words = sql.utf8.split { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): false
            default: true
            }
        }.map { String(decoding: $0, as: UTF8.self) }
        return Set(zip(words, words.dropFirst()).compactMap { ["from", "join"].contains($0) ? $1 : nil })
    }

    /// The rows of a table that count.
    private func meaning(
        of table: String, columns: Set<String>, isOnce: () throws -> Bool,
        lacks: ([ReportDimension], String) throws -> Bool
    ) throws -> String {
        let dimensions = filters.conditions.map(\.dimension)
        guard dimensions.allSatisfy({ says($0, table, columns) }) else { return "select * from \(table) where false" }
        let told = dimensions.filter(\.isOfConversations)
        let isJoined = try table != "conversations" && !told.isEmpty && (told.contains(.topic) || lacks(told, table))
        let conditions = filters.conditions.map { condition in
            let cell = condition.dimension.expression(of: table, time: "time", model: model, isJoined: isJoined)
            let values = condition.values.filter { !$0.text.isEmpty }.map { SQLTexts.text($0.text) }
            var parts = values.isEmpty ? [] : ["(\(cell)) in (\(values.joined(separator: ", ")))"]
            if values.count < condition.values.count { parts.append("coalesce(\(cell), '') = ''") }
            return "(" + parts.joined(separator: " or ") + ")"
        }.joined(separator: " and ")
        let join =
            isJoined ? ReportDimension.join(told, from: Self.whole("conversations"), isOnce: try isOnce()) : ""
        return "select \(table).* from \(table)\(join) where \(conditions)"
    }

    /// Whether rows of a table may say something of a dimension.
    private func says(_ dimension: ReportDimension, _ table: String, _ columns: Set<String>) -> Bool {
        switch dimension {
        case .topic: columns.isSuperset(of: table == "conversations" ? ["topic"] : ["tenant", "conversation_id"])
        case .model: columns.isSuperset(of: model == .answering ? ["model"] : ["model", "request_model"])
        default: columns.contains(dimension.rawValue)
        }
    }
}

extension ReportDimension {
    /// What conversations say beside rows of a table, as it stands behind the table's name.
    /// - Parameters:
    ///   - asked: what conversations have a value of.
    ///   - conversations: the table that has them.
    ///   - isOnce: whether each has one row there. One that came back after its events were dropped has several, and
    ///     nothing is to be added up for each.
    static func join(_ asked: [ReportDimension], from conversations: String, isOnce: Bool) -> String {
        var columns = asked
        for whole in asked.compactMap(\.within) where !columns.contains(whole) { columns.append(whole) }
        let told = columns.map { column in
            ", \(isOnce ? column.rawValue : "max(\(column.rawValue))") as \(column.conversationColumn)"
        }.joined()
        return " left join (select tenant as conversation_tenant, conversation_id as conversation_key\(told) "
            + "from \(conversations)\(isOnce ? "" : " group by 1, 2")) as told_of_conversations "
            + "on conversation_tenant = tenant and conversation_key = conversation_id"
    }
}
