import Bytes

/// Where a page of a list of conversations ends: the next one begins behind it, whatever came meanwhile.
///
/// The order has no ties: by the value, then the newest, then id and tenant. So of conversations that nothing happens
/// to each stands on one page, however many have the same value. One that gets an event in between stands where that
/// puts it: on a later page, or on none any more where it was to come and now belongs before.
struct ConversationCursor: Sendable {
    private static let version = "1"
    /// No sum of costs has more digits, and SQL takes all that have fewer.
    private static let valueMax: UInt128 = 10_000_000_000_000_000_000_000_000_000_000_000_000

    var order: ConversationOrder
    var direction: ConversationDirection = .desc
    /// The period of the first page, ns since 1970 UTC.
    var from: Int64
    var to: Int64
    /// What the list is sorted by: ns, pico-USD or a count.
    var value: Int128
    /// ns since 1970 UTC.
    var start: Int64
    var id: String
    var tenant: String

    /// As an address says it: letters, digits and what needs no escape.
    var text: String {
        [
            Self.version, orderText, String(from), String(to), String(value), String(start),
            hexadecimal(id.utf8), hexadecimal(tenant.utf8),
        ].joined(separator: ".")
    }

    init(
        order: ConversationOrder, direction: ConversationDirection = .desc, from: Int64, to: Int64, value: Int128,
        start: Int64, id: String, tenant: String
    ) {
        (self.order, self.direction, self.from, self.to) = (order, direction, from, to)
        (self.value, self.start) = (value, start)
        (self.id, self.tenant) = (id, tenant)
    }

    /// - Throws: ``ReportError`` for what ``text`` did not write.
    init(_ text: String) throws(ReportError) {
        let parts = text.split(separator: ".", maxSplits: 8, omittingEmptySubsequences: false)
        guard parts.count == 8, parts[0] == Self.version, let (order, direction) = Self.order(parts[1]),
            let from = Int64(parts[2]), let to = Int64(parts[3]), from < to, let value = Int128(String(parts[4])),
            value.magnitude < Self.valueMax, let start = Int64(parts[5]), let id = Self.name(parts[6]),
            let tenant = Self.name(parts[7])
        else {
            throw ReportError(message: "the cursor is none of ours", hint: "give the member next of the page before")
        }
        self.init(
            order: order, direction: direction, from: from, to: to, value: value, start: start, id: id, tenant: tenant)
    }

    /// With the direction where that is not the one that lists mostly have: cursors without one are older than it.
    private var orderText: String { order.rawValue + (direction == .asc ? "-asc" : "") }

    private static func order(_ text: Substring) -> (ConversationOrder, ConversationDirection)? {
        let isAscending = text.utf8.count > 4 && text.utf8.suffix(4).elementsEqual("-asc".utf8)
        return ConversationOrder(rawValue: String(isAscending ? text.dropLast(4) : text))
            .map { ($0, isAscending ? .asc : .desc) }
    }

    private static func name(_ digits: Substring) -> String? {
        guard let name = bytes(ofHexadecimal: digits.utf8), !name.contains(0) else { return nil }
        return String(validating: name, as: UTF8.self)
    }
}

extension ConversationCursor {
    /// Whether it stands before another one where the greatest comes first, as the question orders rows; texts by
    /// bytes.
    func stands(beforeInDescent other: ConversationCursor) -> Bool {
        if value != other.value { return value > other.value }
        if start != other.start { return start > other.start }
        let (id, otherID) = (ExactText(id), ExactText(other.id))
        return id == otherID ? ExactText(tenant) < ExactText(other.tenant) : id < otherID
    }
}
