package import Columnar
import Domain
import Projections

/// The table of one event type: its columns in order, and where each field of a row goes.
package struct EventTableLayout: Sendable {
    let typeID: UInt16
    /// `llm.call`.
    let typeName: String
    package let name: String
    /// As SQL shows them.
    package let columns: [TableColumn]
    /// Their names, as segments know them.
    let columnNames: [String]
    /// By column id of the registry: index into `columns`; −1 for columns the type does not have.
    let targets: [Int]
    /// Stored beside the columns where a group has such rows: the event came without `time`.
    static let timeAbsentColumn = "_time_absent"
    /// Likewise: the row came to stand for one of an earlier segment, whose position it has.
    static let movedColumn = "_moved"
    /// Likewise, and then true of all rows of the group: later rows stood for them when the segment was made, whose
    /// rollups hold none of them.
    static let pastColumn = "_past"

    let type, time, receivedTime, position, attributes: Int
    /// Of model calls only.
    let money: MoneyPlaces?

    struct MoneyPlaces: Sendable {
        let model, cost, low, high, state, gaps: Int
        /// Calls of this type make no output.
        let isInputOnly: Bool
        let requestModel, responseModel: UInt16

        /// The columns that a late price may change.
        var costs: [Int] { [cost, low, high, state, gaps] }
    }

    init(type: SchemaEventType, registry: SchemaRegistry) {
        typeID = type.id
        typeName = type.name
        name = type.tableName
        columns = Self.columns(of: type, registry)
        let names = columns.map(\.name)
        columnNames = names
        func index(_ name: String) -> Int {
            guard let index = names.firstIndex(of: name) else { preconditionFailure("\(type.name) lacks \(name)") }
            return index
        }
        var targets = [Int](repeating: -1, count: registry.columns.count)
        for (position, name) in names.enumerated() {
            if let id = registry.column(named: name) { targets[Int(id)] = position }
        }
        self.targets = targets
        self.type = index("type")
        time = index("time")
        receivedTime = index("received_time")
        position = index("position")
        attributes = index("attributes")
        if names.contains("price_state"), let request = registry.column(named: "request_model"),
            let response = registry.column(named: "response_model")
        {
            money = MoneyPlaces(
                model: index("model"), cost: index("cost_usd"), low: index("cost_low_usd"),
                high: index("cost_high_usd"),
                state: index("price_state"), gaps: index("price_gaps"),
                isInputOnly: type.id == registry.wellKnownTypes.embeddingCall, requestModel: request,
                responseModel: response)
        } else {
            money = nil
        }
    }

    func index(of name: String) -> Int? { columns.firstIndex { $0.name == name } }

    /// Whether a late price may change the column.
    func isCost(_ index: Int) -> Bool {
        money.map { $0.costs.contains(index) } ?? false
    }

    /// Envelope, context, own fields, derived values, and what else came.
    private static func columns(of type: SchemaEventType, _ registry: SchemaRegistry) -> [TableColumn] {
        let known = registry.wellKnown
        let envelope = [known.id, known.source, known.attributes]
        var columns = [TableColumn(name: "id", type: .text), TableColumn(name: "source", type: .text)]
        columns += [
            TableColumn(name: "type", type: .text), TableColumn(name: "time", type: .timestamptz),
            TableColumn(name: "received_time", type: .timestamptz), TableColumn(name: "position", type: .integer),
        ]
        for id in registry.contextColumns + type.ownColumns where !envelope.contains(id) {
            columns.append(TableColumn(registry.columns[Int(id)]))
        }
        let types = registry.wellKnownTypes
        if type.id == types.llmCall || type.id == types.embeddingCall {
            columns.append(TableColumn(name: "model", type: .text))
            for name in ["cost_usd", "cost_low_usd", "cost_high_usd"] {
                columns.append(TableColumn(name: name, type: .numeric(scale: 12)))
            }
            columns.append(TableColumn(name: "price_state", type: .text))
            columns.append(TableColumn(name: "price_gaps", type: .text))
        }
        columns.append(TableColumn(name: "attributes", type: .json))
        return columns
    }
}

extension TableColumn {
    /// The SQL face of a schema column.
    init(_ column: SchemaColumn) {
        let type: ColumnType =
            switch column.type {
            case .integer: .integer
            case .double: .double
            case .boolean: .boolean
            case .text: .text
            case .timestamp: .timestamptz
            case .money: .numeric(scale: column.decimalScale)
            case .json: .json
            }
        self.init(name: column.name, type: type)
    }
}

/// The layouts of all event types, and of the wide table `events`.
package struct EventTableLayouts: Sendable {
    /// By type id.
    package let tables: [EventTableLayout]
    /// All columns of all types, each once, in the order of their first table.
    let wideColumns: [TableColumn]
    /// By type id, then by index into `wideColumns`: the type's own column index; −1: the type lacks it.
    let wideSources: [[Int]]
    /// In the order of the catalogue.
    let rollups: [StoredRollup]
    /// Those of longest buckets first, of equal ones those of fewest dimensions, with what planners are told of each,
    /// but for the time from which on it is kept.
    let describedRollups: [(layout: RollupLayout, description: RollupDescription)]

    init(registry: SchemaRegistry) {
        let tables = registry.types.map { EventTableLayout(type: $0, registry: registry) }
        self.tables = tables
        let rollups = RollupCatalogue.definitions.compactMap { StoredRollup($0, tables: tables) }
        self.rollups = rollups
        describedRollups = rollups.map { ($0.layout, $0.layout.description(watermark: 0)) }.sorted {
            let (left, right) = ($0.description, $1.description)
            return (right.grainNanoseconds, left.dimensions.count, left.table)
                < (left.grainNanoseconds, right.dimensions.count, right.table)
        }
        var wide: [TableColumn] = []
        var places: [String: Int] = [:]
        for table in tables {
            for column in table.columns where places[column.name] == nil {
                places[column.name] = wide.count
                wide.append(column)
            }
        }
        wideColumns = wide
        wideSources = tables.map { table in wide.map { column in table.index(of: column.name) ?? -1 } }
    }
}
