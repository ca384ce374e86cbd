import Projections

/// What the events of a run of rows cost, by row. Most events cost nothing, and take no more room than an index.
struct RowCosts: Equatable, Sendable {
    /// Into ``values``, −1 for an event that costs nothing.
    private var places: [Int32] = []
    /// The costs that there are, in the order of their rows.
    private(set) var values: [CallCost] = []

    /// No rows.
    init() {}

    /// One for each row; nil for an event that costs nothing.
    init(_ costs: some Sequence<CallCost?>) { for cost in costs { append(cost) } }

    /// So many rows that cost nothing.
    init(free rows: Int) { append(free: rows) }

    /// Makes room for so many rows more.
    mutating func reserve(_ more: Int) { places.reserveCapacity(places.count + more) }

    /// How many rows.
    var count: Int { places.count }

    /// nil for an event that costs nothing.
    subscript(row: Int) -> CallCost? { place(of: row).map { values[$0] } }

    /// Where in ``values`` the cost of a row is; nil for an event that costs nothing.
    func place(of row: Int) -> Int? { places[row] < 0 ? nil : Int(places[row]) }

    /// What some of the rows cost.
    func taken(_ rows: Range<Int>) -> RowCosts {
        var taken = RowCosts()
        if values.isEmpty {
            taken.append(free: rows.count)
        } else {
            taken.reserve(rows.count)
            for row in rows { taken.append(self[row]) }
        }
        return taken
    }

    /// What the next row costs.
    mutating func append(_ cost: CallCost?) {
        places.append(cost == nil ? -1 : Int32(values.count))
        if let cost { values.append(cost) }
    }

    /// The next rows cost nothing.
    mutating func append(free rows: Int) { places.append(contentsOf: repeatElement(-1, count: rows)) }

    /// What the next rows cost.
    mutating func append(contentsOf more: RowCosts) {
        let offset = Int32(values.count)
        places.append(contentsOf: more.places.lazy.map { $0 < 0 ? -1 : $0 + offset })
        values.append(contentsOf: more.values)
    }

    /// Another cost for a row that has one; an event that costs nothing stays so.
    mutating func replace(_ row: Int, by cost: CallCost) {
        if let place = place(of: row) { values[place] = cost }
    }
}
