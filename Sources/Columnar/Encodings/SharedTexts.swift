internal import Bytes
internal import Synchronization

// Most columns of text have few values all over a store: tenants, channels, models, tools, tokens of users. Each page
// has a dictionary of its own, so whoever groups by such a column would look each text of each page up by its bytes.
// Here each text has one code for all pages, found out when a page is read first and kept for as long as its segment is
// open; pages in files stay as they are.

/// One dictionary for each column with few values, in the order in which texts were met. Safe from any thread.
package final class SharedTexts: Sendable {
    /// Texts of one column beyond which it keeps to the dictionaries of its pages.
    package static let textsMax = 65_536
    /// Bytes of one column's texts, likewise.
    static let textBytesMax = 4 << 20
    /// Codes of all pages of all columns together; beyond them further pages keep to their own dictionaries.
    static let pageCodesMax = 4 << 20
    /// Short dictionaries are shared whatever the number of rows.
    package static let fewTexts = 256

    /// A page: what holds it, and which it is there.
    package struct Page: Sendable {
        let texts: SharedTexts
        let column: ExactText
        let origin: UInt64
        let piece: UInt64

        /// - Parameters:
        ///   - column: the column's name; columns of one name share their texts, whatever their table.
        ///   - origin: a number that nothing else has in this process, see ``MorselIdentity/freshOrigin()``.
        ///   - piece: which group of the origin.
        package init(_ texts: SharedTexts, column: String, origin: UInt64, piece: UInt64) {
            (self.texts, self.column, self.origin, self.piece) = (texts, ExactText(column), origin, piece)
        }
    }

    /// What the codes of a page are in the column's dictionary.
    struct Codes {
        let numbers: [UInt32]
        let dictionary: TextDictionary
    }

    private struct Column {
        let family = TextFamily()
        var interner = TextInterner()
        /// As many texts as `interner` has.
        var dictionary: TextDictionary
        /// By origin and piece.
        var pages: [UInt64: [UInt64: [UInt32]]] = [:]
        var isGivenUp = false

        init() { dictionary = TextDictionary(bytes: [], offsets: [0], family: family) }
    }

    private struct State {
        var columns: [ExactText: Column] = [:]
        var pageCodes = 0
    }

    private let state = Mutex(State())

    /// Nothing is known.
    package init() {}

    /// Whether a vector of so many rows is better off with a dictionary of so many texts: whoever looks at each text
    /// once must not look at more of them than there are rows.
    private static func isFitting(_ texts: Int, rows: Int) -> Bool { texts <= max(rows, fewTexts) }

    /// The codes of a page that was read before; nil where it has to be read whole.
    /// - Complexity: O(1).
    func known(_ page: Page, rows: Int) -> Codes? {
        state.withLock { state in
            guard let column = state.columns[page.column], let numbers = column.pages[page.origin]?[page.piece],
                Self.isFitting(column.dictionary.count, rows: rows)
            else { return nil }
            return Codes(numbers: numbers, dictionary: column.dictionary)
        }
    }

    /// Gives the texts of a page their codes; nil where they are too many to be shared.
    /// - Complexity: O(bytes of the texts), and of the column's where some are new.
    func taken(_ own: TextDictionary, of page: Page, rows: Int) -> Codes? {
        guard own.count <= Self.fewTexts || own.count * 2 <= rows else { return nil }
        return state.withLock { state in
            var column = state.columns.removeValue(forKey: page.column) ?? Column()
            defer { state.columns[page.column] = column }
            guard !column.isGivenUp, state.pageCodes + own.count <= Self.pageCodesMax,
                Self.isFitting(column.dictionary.count, rows: rows)
            else { return nil }
            let before = column.interner.count
            let numbers = (0..<own.count).map { code in
                let range = own.range(code)
                return column.interner.intern(own.bytes, range.lowerBound, range.count)
            }
            if column.interner.count > Self.textsMax || column.interner.bytes.count > Self.textBytesMax {
                // Vectors that have its dictionary keep it.
                // order: they are counted.
                state.pageCodes -= column.pages.values.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.count } }
                column = Column()
                column.isGivenUp = true
                return nil
            }
            if column.interner.count > before {
                column.dictionary = column.interner.dictionary(of: column.family)
            }
            if column.pages[page.origin, default: [:]].updateValue(numbers, forKey: page.piece) == nil {
                state.pageCodes += numbers.count
            }
            guard Self.isFitting(column.dictionary.count, rows: rows) else { return nil }
            return Codes(numbers: numbers, dictionary: column.dictionary)
        }
    }

    /// Lets go of an origin's pages.
    /// - Complexity: O(columns + pages of the origin).
    package func forget(origin: UInt64) {
        state.withLock { state in
            // order: each is changed by itself.
            for name in Array(state.columns.keys) {
                guard let pages = state.columns[name]?.pages.removeValue(forKey: origin) else { continue }
                // order: they are counted.
                state.pageCodes -= pages.values.reduce(0) { $0 + $1.count }
            }
            assert(state.pageCodes >= 0, "what was taken up is let go once")
        }
    }
}
