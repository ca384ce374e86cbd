import Columnar
import Domain
import Projections

/// What the rows of a call table were booked at: its columns of costs, taken apart once and not for each row.
struct BookedCosts {
    private let cost, low, high: Amounts
    private let states, gaps: CodedTexts
    /// By code of the state; nil for what is none.
    private let stateOfCode: [PriceState?]
    /// By code of what is missing.
    private let gapsOfCode: [String?]

    /// - Parameter column: reads one of the table's columns.
    init(_ money: EventTableLayout.MoneyPlaces, column: (Int) throws -> Vector) throws {
        (cost, low) = (Amounts(try column(money.cost)), Amounts(try column(money.low)))
        high = Amounts(try column(money.high))
        (states, gaps) = (CodedTexts(try column(money.state)), CodedTexts(try column(money.gaps)))
        let (states, gaps) = (states, gaps)
        stateOfCode = (0..<states.count).map { code in
            states.text(of: code).flatMap { name in
                PriceState.allCases.first { name.elementsEqual($0.name.utf8) }
            }
        }
        gapsOfCode = (0..<gaps.count).map { code in
            gaps.text(of: code).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// nil for a row without a cost.
    subscript(row: Int) -> CallCost? {
        guard let state = stateOfCode[states.code(of: row)] else { return nil }
        return CallCost(
            costPicoUSD: cost[row], lowPicoUSD: low[row] ?? 0, highPicoUSD: high[row],
            state: state, gaps: gapsOfCode[gaps.code(of: row)])
    }
}

extension CallCost {
    /// The booked costs of rows of a call table; nil for a row without one.
    static func read(
        _ money: EventTableLayout.MoneyPlaces, rows: some Sequence<Int>, column: (Int) throws -> Vector
    ) throws -> [CallCost?] {
        let booked = try BookedCosts(money, column: column)
        return rows.map { booked[$0] }
    }
}

/// A column of amounts, taken apart once and not for each row.
private struct Amounts {
    private let narrow: [Int64]
    private let wide: [Int128]
    /// Of all rows, where there are neither.
    private let same: Int128?
    private let validity: Validity?

    init(_ column: Vector) {
        validity = column.validity
        switch column.storage {
        case .int64(let values): (narrow, wide, same) = (values, [], nil)
        case .int128(let values): (narrow, wide, same) = ([], values, nil)
        default: (narrow, wide, same) = ([], [], column.count > 0 ? column.wide(at: 0) : nil)
        }
    }

    /// nil for null.
    subscript(row: Int) -> Int128? {
        if let validity, !validity[row] { return nil }
        if !narrow.isEmpty { return Int128(narrow[row]) }
        return wide.isEmpty ? same : wide[row]
    }
}
