import JSONTexts

/// How prices are listed.
package enum PriceListFormat: String, CaseIterable, Sendable {
    /// For people: a line each with its origin.
    case table
    /// What `plimsoll prices load` takes.
    case csv
}

/// Prices in canonical order as text, piece by piece: beside the prices themselves a piece is all that lies in memory.
package struct PriceListing: Sendable {
    private let format: PriceListFormat
    private let entries: [PriceEntry]
    /// What stands behind a table.
    private let remark: String
    private var widths = ColumnWidths()
    private var next = 0
    private var isBegun = false

    /// Chooses the prices.
    /// - Parameters:
    ///   - includesBuiltIn: false lists only what was set.
    ///   - look: called between bounded stretches of work.
    /// - Throws: what `look` throws.
    /// - Complexity: O(prices + models · log models).
    package init(
        _ book: PriceBook, _ selection: PriceBook.Selection, includesBuiltIn: Bool = true, as format: PriceListFormat,
        look: () throws -> Void
    ) rethrows {
        let selected = try book.selected(selection, includesBuiltIn: includesBuiltIn, look: look)
        (self.format, entries) = (format, selected.entries)
        let (replaced, later) = (selected.replaced, selected.later)
        remark =
            replaced + later > 0
            ? "\nNot shown: \(replaced) replaced, \(later) that begin later; --all shows them.\n" : ""
    }

    /// What the prices of a listing take at most, in bytes: texts are the book's.
    package static func bytesMax(of book: PriceBook) -> Int { book.count * MemoryLayout<PriceEntry>.stride }

    /// What it holds, in bytes.
    package var heldBytes: Int { entries.count * MemoryLayout<PriceEntry>.stride }

    /// The next piece, which ends with a line; nil after the last one.
    /// - Parameters:
    ///   - bytes: about how long a piece is.
    ///   - look: called between bounded stretches of work; the first piece of a table measures all lines.
    /// - Throws: what `look` throws.
    package mutating func piece(of bytes: Int, look: () throws -> Void) rethrows -> [UInt8]? {
        if isBegun, next == entries.count { return nil }
        var piece: [UInt8] = []
        if !isBegun { piece = try begin(look) }
        while next < entries.count, piece.count < bytes {
            write(entries[next], to: &piece)
            next += 1
        }
        if next == entries.count, format == .table { piece += Array(remark.utf8) }
        return piece
    }

    /// The first prices that somebody wants to see, as cells below ``header``.
    /// - Parameters:
    ///   - rowsMax: no more of them.
    ///   - skipped: so many before them are left out.
    ///   - look: called between bounded stretches of work.
    /// - Returns: the rows, and how many prices were wanted in all.
    /// - Throws: what `look` throws.
    /// - Complexity: O(prices).
    package func rows(
        atMost rowsMax: Int, behind skipped: Int = 0, look: () throws -> Void, where isWanted: (PriceEntry) -> Bool
    ) rethrows -> (rows: [[String]], count: Int) {
        var (rows, count) = ([[String]](), 0)
        for (index, entry) in entries.enumerated() {
            if index % Self.linesAtOnce == 0 { try look() }
            guard isWanted(entry) else { continue }
            count += 1
            if count > skipped, rows.count < rowsMax { rows.append(Self.cells(of: entry)) }
        }
        return (rows, count)
    }

    /// All of it.
    package var text: String {
        var rest = self
        return String(decoding: rest.piece(of: .max, look: {}) ?? [], as: UTF8.self)
    }

    /// What stands above each column of a table.
    package static let header = ["PROVIDER", "MODEL", "CLASS", "TIER", "USD", "PER", "VALID FROM", "ORIGIN"]

    /// Lines that are measured between two looks.
    private static let linesAtOnce = 1_024

    private mutating func begin(_ look: () throws -> Void) rethrows -> [UInt8] {
        isBegun = true
        switch format {
        case .table:
            widths.take(Self.header)
            for (index, entry) in entries.enumerated() {
                if index % Self.linesAtOnce == 0 { try look() }
                widths.take(Self.cells(of: entry))
            }
            return Array(widths.line(Self.header).utf8)
        case .csv:
            var table = CSVWriter(lineEnd: .lf)
            table.row([
                "provider", "model", "token_class", "service_tier", "usd_per_million_tokens", "usd_per_gpu_hour",
                "valid_from",
            ])
            return table.bytes
        }
    }

    private func write(_ entry: PriceEntry, to piece: inout [UInt8]) {
        switch format {
        case .table: piece += Array(widths.line(Self.cells(of: entry)).utf8)
        case .csv:
            var table = CSVWriter(lineEnd: .lf)
            let isHour = entry.tokenClass == .gpu
            table.row([
                entry.provider, entry.model, entry.tokenClass.rawValue, entry.serviceTier, isHour ? "" : entry.usd,
                isHour ? entry.usd : "",
                entry.validFrom == .min ? "" : RFC3339.render(entry.validFrom),
            ])
            piece += table.bytes
        }
    }

    private static func cells(of entry: PriceEntry) -> [String] {
        [
            entry.provider, entry.model, entry.tokenClass.rawValue,
            entry.serviceTier.isEmpty ? "–" : entry.serviceTier, entry.usd,
            entry.tokenClass == .gpu ? "GPU hour" : "million tokens",
            entry.validFrom == .min ? "any time" : RFC3339.render(entry.validFrom),
            entry.origin == .set ? "set" : "list price",
        ]
    }
}
