import Columnar

/// Conversations and stretches of time to which events belong.
struct TouchedRows {
    /// Each once, in the order in which they came.
    private(set) var conversations: [ConversationKey] = []
    private var known: Set<ConversationKey> = []
    /// Hours, as ns of their beginnings.
    private(set) var hours: Set<Int64> = []

    /// What names a conversation.
    struct ConversationKey: Hashable {
        var tenant: Scalar
        var id: Scalar
    }

    private static let hour: Int64 = 3_600_000_000_000

    /// The columns that ``add(_:)`` reads.
    static let columns = [
        TableColumn(name: "tenant", type: .text), TableColumn(name: "conversation_id", type: .text),
        TableColumn(name: "time", type: .timestamptz),
    ]

    /// Takes events over.
    /// - Precondition: the chunk has ``columns``.
    mutating func add(_ chunk: Chunk) {
        for row in 0..<chunk.rowCount {
            if case .timestamptz(let time) = chunk.columns[2].scalar(at: row) {
                hours.insert(Self.floored(time, Self.hour))
            }
            if chunk.columns[1].isNull(row) { continue }
            let key = ConversationKey(tenant: chunk.columns[0].scalar(at: row), id: chunk.columns[1].scalar(at: row))
            if known.insert(key).inserted { conversations.append(key) }
        }
    }

    /// Takes over where events stood that are elsewhere now.
    mutating func add(_ places: [ShippingChange.Place]) {
        for place in places {
            hours.insert(Self.floored(place.time, Self.hour))
            if place.conversation.isNull { continue }
            let key = ConversationKey(tenant: place.tenant, id: place.conversation)
            if known.insert(key).inserted { conversations.append(key) }
        }
    }

    /// Beginnings of buckets of a length, a multiple of hours, ascending.
    func buckets(of length: Int64) -> [Int64] { Set(hours.map { Self.floored($0, length) }).sorted() }

    /// The greatest multiple of `step` that is not above a time.
    static func floored(_ time: Int64, _ step: Int64) -> Int64 {
        let rest = time % step
        let down = rest < 0 ? rest + step : rest
        let (result, isBelow) = time.subtractingReportingOverflow(down)
        return isBelow ? time - rest : result
    }
}
