internal import Bytes
internal import Domain

/// What becomes of a data field with the name of a column.
enum FieldAction: UInt8, Sendable {
    /// Not a field of this type: kept among the attributes.
    case attribute
    case integer, double, boolean, text, timestamp, money, json
    /// Text with listed values.
    case listedText
    /// `user_id`: kept as a token.
    case token
    /// Of a privacy class that stays out of the store.
    case withheld
    /// `attributes`: its members join those of the event.
    case attributes
}

/// The registry's rules laid out by type and column, so that a field costs one look-up.
struct FieldPlan: Sendable {
    let columnCount: Int
    /// By type, then column.
    private let actions: [FieldAction]
    /// Index into ``listStarts`` by type, then column; −1 where any value goes.
    private let listIndexes: [Int32]
    /// Listed words, those of a list behind each other: up to eight bytes of the word, its length, and where all of it
    /// lies in ``listedBytes``.
    private let listed: [(head: UInt64, count: Int, start: Int)]
    private let listedBytes: [UInt8]
    /// Where in ``listed`` each list begins; one place more than lists.
    private let listStarts: [Int]
    let minimums: [Int64]
    let maximums: [Int64]
    /// By column: its values never enter, whatever type they come with.
    let isWithheld: [Bool]
    /// By column: whether a text that names nothing is as good as none.
    let isNothingWhenBlank: [Bool]
    /// By column: what its texts are suspected of.
    let suspicions: [CredentialText.Suspicion]

    init(_ registry: SchemaRegistry) {
        columnCount = registry.columns.count
        var actions = [FieldAction](repeating: .attribute, count: columnCount * registry.types.count)
        var listIndexes = [Int32](repeating: -1, count: actions.count)
        var listed: [(head: UInt64, count: Int, start: Int)] = []
        var listedBytes: [UInt8] = []
        var listStarts = [0]
        for type in registry.types {
            for column in registry.columns where registry.isAllowed(column.id, in: type.id) {
                let place = Int(type.id) * columnCount + Int(column.id)
                let own = type.ownColumns.firstIndex(of: column.id)
                let known = own.map { type.knownValues[$0] } ?? column.knownValues
                actions[place] = Self.action(column, hasList: !known.isEmpty, registry.wellKnown)
                if actions[place] == .listedText {
                    listIndexes[place] = Int32(listStarts.count - 1)
                    for word in known {
                        let utf8 = Array(word.utf8)
                        listed.append((Self.head(utf8.span), utf8.count, listedBytes.count))
                        listedBytes += utf8
                    }
                    listStarts.append(listed.count)
                }
            }
        }
        (self.actions, self.listIndexes) = (actions, listIndexes)
        (self.listed, self.listedBytes, self.listStarts) = (listed, listedBytes, listStarts)
        minimums = registry.columns.map { column in
            // A price below nothing is a mistake; an amount may be a credit.
            column.minimum ?? (column.type == .money && column.unit != "usd" ? 0 : .min)
        }
        // Beyond these a booked cost would not fit 64 bits.
        maximums = registry.columns.map { column in
            switch column.id {
            case registry.wellKnown.pricePerMillionTokens: Limits.pricePicoUSDPerTokenMax
            case registry.wellKnown.pricePerGPUHour: Limits.pricePicoUSDPerGPUHourMax
            default: column.maximum ?? .max
            }
        }
        suspicions = registry.columns.map { CredentialNames.suspicion(of: Array($0.name.utf8)[...]) }
        isWithheld = registry.columns.map { $0.privacy != .public }
        // An event of no tenant is refused: it would be taken for another's.
        isNothingWhenBlank = registry.columns.map { $0.isName && $0.id != registry.wellKnown.tenant }
    }

    private static func action(_ column: SchemaColumn, hasList: Bool, _ wellKnown: WellKnownColumns) -> FieldAction {
        if column.id == wellKnown.id || column.id == wellKnown.source { return .attribute }
        if column.id == wellKnown.attributes { return .attributes }
        switch column.privacy {
        case .personal, .content: return .withheld
        case .token: return .token
        case .public: break
        }
        switch column.type {
        case .integer: return .integer
        case .double: return .double
        case .boolean: return .boolean
        case .text: return hasList ? .listedText : .text
        case .timestamp: return .timestamp
        case .money: return .money
        case .json: return .json
        }
    }

    func action(_ column: UInt16, in type: UInt16) -> FieldAction { actions[Int(type) * columnCount + Int(column)] }

    /// Whether a text is among those that the type lists for the column.
    func isListed(_ value: Span<UInt8>, of column: UInt16, in type: UInt16) -> Bool {
        let index = Int(listIndexes[Int(type) * columnCount + Int(column)])
        guard index >= 0 else { return true }
        let head = Self.head(value)
        for place in listStarts[index]..<listStarts[index + 1] where listed[place].head == head {
            let (_, count, start) = listed[place]
            guard count == value.count else { continue }
            if count <= 8 || value.isEqual(at: 0, to: listedBytes.span, at: start, length: count) { return true }
        }
        return false
    }

    /// Up to eight bytes of a word.
    @inline(__always)
    private static func head(_ word: Span<UInt8>) -> UInt64 {
        word.count >= 8 ? word.loadUInt64(at: 0) : word.loadPartialUInt64(at: 0, length: word.count)
    }
}
