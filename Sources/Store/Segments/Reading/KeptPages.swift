internal import Columnar
internal import Synchronization

/// Pages of which somebody wanted few rows: verified and no longer compressed, for whoever wants others of them. Who
/// looks at what is newest, or at one conversation after another, would read, verify and unpack the same pages whole
/// for each handful of rows. Bounded for all segments together; a page that was asked for again stays longer. Safe from
/// any thread.
final class KeptPages: Sendable {
    /// Which page it is.
    struct Key: Hashable, Sendable {
        /// Of the segment's reader: no other has it.
        var origin: UInt64
        /// Of the page's block in the file.
        var offset: Int
    }

    /// What decoders are given.
    struct Page: Sendable {
        /// Says that nothing is compressed.
        var header: PageHeader
        /// As which the header was read.
        var type: ColumnType
        var payload: ArraySlice<UInt8>
        /// Length of the header in the file.
        var headerBytes: Int
        /// What is known of the payload beside.
        let landmarks: PageLandmarks

        /// Whether it is the page of such a column, too. Columns of a group share a page that is the same for them, and
        /// nothing keeps a footer from naming one for others.
        func isOf(type: ColumnType, rowCount: Int) -> Bool { self.type == type && header.rowCount == rowCount }
    }

    private enum Kept {
        case page(Page)
        case block(SharedTextBlock)

        /// With what it takes to find it, but for landmarks; a page's array has the header, too.
        var heldBytes: Int {
            switch self {
            case .page(let page): page.payload.endIndex + 320
            case .block(let block): block.heldBytes + 320
            }
        }
    }

    private struct Entry {
        var kept: Kept
        /// With what its landmarks hold.
        var bytes: Int
        var isWantedAgain = false
    }

    private struct State {
        var pages: [Key: Entry] = [:]
        /// In the order in which they came, or were spared; what lies before `first` is gone.
        var order: [Key] = []
        var first = 0
        var bytes = 0
    }

    /// Single pages may be as large as this part of all.
    private static let pageShare = 4

    private let bytesMax: Int
    private let state = Mutex(State())

    /// - Parameter bytesMax: what is held, roughly.
    init(bytesMax: Int = 32 << 20) { self.bytesMax = bytesMax }

    /// nil where it is not known, or no more.
    func page(_ key: Key) -> Page? { if case .page(let page) = kept(key) { page } else { nil } }

    /// Likewise a block of texts that pages have in common.
    func block(_ key: Key) -> SharedTextBlock? { if case .block(let block) = kept(key) { block } else { nil } }

    /// Keeps it, as long as there is room.
    func keep(_ page: Page, as key: Key) { keep(.page(page), key) }

    /// Likewise.
    func keep(_ block: SharedTextBlock, as key: Key) { keep(.block(block), key) }

    private func kept(_ key: Key) -> Kept? {
        state.withLock { state in
            guard let place = state.pages.index(forKey: key) else { return nil }
            state.pages.values[place].isWantedAgain = true
            return state.pages.values[place].kept
        }
    }

    private func keep(_ kept: Kept, _ key: Key) {
        guard kept.heldBytes <= bytesMax / Self.pageShare else { return }
        state.withLock { state in
            guard state.pages[key] == nil else { return }
            state.pages[key] = Entry(kept: kept, bytes: kept.heldBytes)
            state.order.append(key)
            state.bytes += kept.heldBytes
            makeRoom(&state)
        }
    }

    /// Books what has become known of a page or a block beside, as long as it is kept.
    func grow(_ key: Key, by bytes: Int) {
        if bytes == 0 { return }
        state.withLock { state in
            guard let place = state.pages.index(forKey: key) else { return }
            state.pages.values[place].bytes += bytes
            state.bytes += bytes
            makeRoom(&state)
        }
    }

    private func makeRoom(_ state: inout State) {
        while state.bytes > bytesMax, state.first < state.order.count {
            let oldest = state.order[state.first]
            state.first += 1
            guard let place = state.pages.index(forKey: oldest) else { continue }
            if state.pages.values[place].isWantedAgain {
                state.pages.values[place].isWantedAgain = false
                state.order.append(oldest)
            } else {
                state.bytes -= state.pages.remove(at: place).value.bytes
            }
        }
        if state.first > state.order.count / 2 {
            state.order.removeFirst(state.first)
            state.first = 0
        }
    }
}
