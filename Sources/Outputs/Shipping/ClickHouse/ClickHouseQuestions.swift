import Bytes
import Hashing

/// What is asked of a table of ours over there, by the view that shows what counts.
struct ClickHouseQuestions {
    let names: ClickHouseNames
    let level: ClickHouseLevel
    let table: ShippedTable

    private var view: String { names.place(table.name) }

    /// Both halves of the sum of hashes of rows: a sum of all of one would not fit.
    static let hashSums =
        "sum(bitShiftRight(\(ClickHouseTable.hashColumn), 32)), sum(bitAnd(\(ClickHouseTable.hashColumn), 4294967295))"

    /// Positions within bounds with the hashes of their rows.
    func hashes(from first: Int64, through last: Int64) -> String {
        "SELECT position, \(ClickHouseTable.hashColumn) FROM \(view) WHERE position >= \(first) AND position <= \(last)"
    }

    /// The same of some positions.
    func hashes(of positions: ArraySlice<Int64>) -> String {
        "SELECT position, \(ClickHouseTable.hashColumn) FROM \(view) WHERE position IN (\(Self.list(positions)))"
    }

    private static func list(_ numbers: some Sequence<Int64>) -> String {
        numbers.map(String.init).joined(separator: ",")
    }

    /// Which of some positions are there.
    func positions(among positions: ArraySlice<Int64>) -> String {
        "SELECT DISTINCT position FROM \(view) WHERE position IN (\(Self.list(positions)))"
    }

    /// Positions behind one, up to another.
    func positions(after: Int64, through: Int64) -> String {
        "SELECT DISTINCT position FROM \(view) WHERE position > \(after) AND position <= \(through)"
    }

    /// Conversations or buckets that have rows on a day, as hexadecimal digits.
    func scopes(of day: Int64) -> String {
        "SELECT DISTINCT hex(\(ClickHouseTable.scopeColumn)) FROM \(view) WHERE \(self.day) = \(day)"
    }

    /// Which of some conversations or buckets have rows, whether they count or not, as hexadecimal digits.
    func scopes(among scopes: ArraySlice<Hash128>) -> String {
        let list = scopes.map { scope in
            var bytes = RowBinary()
            bytes.append(hash: scope)
            return "unhex('\(hexadecimal(bytes.bytes))')"
        }
        return "SELECT DISTINCT hex(\(ClickHouseTable.scopeColumn)) FROM "
            + "\(names.place(ClickHouseTable(table, .versions).name)) WHERE \(ClickHouseTable.scopeColumn) IN "
            + "(\(list.joined(separator: ", ")))"
    }

    /// What stands there in short, by stretches: number of rows, hashes, costs, tokens.
    func digests(_ request: DigestRequest) -> String {
        let stretch = table.isKeyed ? day : "intDiv(position, \(request.positions))"
        let condition = table.isKeyed ? "" : " WHERE position <= \(request.through)"
        func sum(_ name: String, _ write: (String) -> String) -> String {
            table.index(of: name) == nil ? "NULL" : "sum(\(write(ClickHouseNames.quoted(name))))"
        }
        let sums = [
            sum("cost_usd") { $0 }, sum("input_tokens") { "toDecimal128(\($0), 0)" },
            sum("output_tokens") { "toDecimal128(\($0), 0)" },
        ]
        return "SELECT \(stretch) AS stretch, count(), \(Self.hashSums), \(sums.joined(separator: ", ")) "
            + "FROM \(view)\(condition) GROUP BY stretch"
    }

    /// The day of a row's time, in days since 1970 UTC.
    private var day: String {
        let column = ClickHouseNames.quoted(DigestRequest.dayColumn(of: table) ?? "time")
        let time = level == .modern ? "toUnixTimestamp64Nano(\(column))" : column
        return "ifNull(intDiv(\(time) - if(ifNull(\(time), 0) < 0, 86399999999999, 0), \(DigestRequest.day)), "
            + "\(DigestRequest.noDay))"
    }

    /// What a shipment brought to each of some tables: its name, number of rows, hashes.
    static func brought(_ tables: [ClickHouseTable], _ revision: Int64, _ names: ClickHouseNames) -> String {
        tables.map { table in
            "SELECT \(ClickHouseNames.literal(table.name)) AS name, count(), \(hashSums) FROM "
                + "\(names.place(table.name)) WHERE \(ClickHouseTable.revisionColumn) = \(revision)"
        }.joined(separator: " UNION ALL ")
    }

    // MARK: Rows that no longer count

    /// Takes rows away that others stand for, of shipments that count, and those of shipments that do not.
    /// - Parameters:
    ///   - last: the last shipment that counts.
    ///   - base: those up to this one do not.
    ///   - void: nor do these between.
    /// - Returns: nil where there is nothing to take away.
    static func tidy(
        _ table: ClickHouseTable, last: Int64, base: Int64, void: [Int64], _ names: ClickHouseNames
    ) -> String? {
        let (revision, place) = (ClickHouseTable.revisionColumn, names.place(table.name))
        let list = Self.list(void)
        let key = table.role == .overlay ? "position" : ClickHouseTable.scopeColumn
        if table.role == .facts {
            if void.isEmpty && base == 0 { return nil }
            return "ALTER TABLE \(place) DELETE WHERE (\(revision) <= \(base)"
                + (void.isEmpty ? "" : " OR \(revision) IN (\(list))") + ")"
        }
        return "ALTER TABLE \(place) DELETE WHERE (\(revision) < \(last) AND (\(key), \(revision)) NOT IN "
            + "(SELECT \(key), max(\(revision)) FROM \(place) WHERE \(revision) > \(base) AND \(revision) <= \(last)"
            + (void.isEmpty ? "" : " AND \(revision) NOT IN (\(list))") + " GROUP BY \(key)))"
    }
}
