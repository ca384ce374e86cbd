import Asking
import Domain
import EventStores
import Plans
import Testing

/// An export holds a page at a time, books it, and waits where others hold the memory.
@Suite struct ExportBookingTests {
    /// Empty pages of a stated number, whose header is the only thing they say.
    private struct Pages: ExportSource {
        let beginning = ExportHeader(
            store: "s", isWhole: false, hasUsers: false, position: 0, records: 0, corrections: 0, prices: [])
        var heldBytes: Int { 1_000 }
        var nextPageBytes: Int { 0 }
        var left = 2

        mutating func next() -> ExportPage? {
            guard left > 0 else { return nil }
            left -= 1
            return ExportPage()
        }
    }

    @Test func aPageWaitsForItsRoom() throws {
        let pool = MemoryPool(limitBytes: 20 << 20)
        let others = MemoryBooking(in: pool)
        #expect(others.change(to: 10 << 20))
        let booking = MemoryBooking(in: pool)
        #expect(booking.change(to: 500))
        let export = EventExport(Pages(), registry: .builtIn, as: .ndjson, booking: booking)
        #expect(booking.bytes == 1_500)
        let header = try #require(try export.next())
        #expect(header.last == 0x0A)
        let refusal = #expect(throws: QueryRefusal.self) { try export.next() }
        #expect(refusal?.kind == .busy && booking.bytes == 1_500)
        // Nothing was lost by the refusal.
        #expect(others.change(to: 0))
        var rest: [UInt8] = []
        while let piece = try export.next() { rest += piece }
        #expect(String(decoding: rest, as: UTF8.self).hasSuffix("\n") && booking.bytes == 1_500)
    }

    /// Pages without events are read until one has some: whoever waits looks between them.
    @Test func aLookBetweenPagesEndsAnExport() throws {
        struct Over: Error {}
        var pages = Pages()
        pages.left = 1_000
        let export = EventExport(pages, registry: .builtIn, as: .csv)
        var looks = 0
        #expect(throws: Over.self) {
            while true {
                let first = try export.begin {
                    looks += 1
                    if looks == 10 { throw Over() }
                }
                #expect(first == nil, "no event came")
            }
        }
        #expect(looks == 10)
    }

    /// Exports share threads: one of times that nothing lies in gives way after each page, however many there are.
    @Test func aPageWithoutAnEventEndsAStep() throws {
        for format in ExportFormat.allCases {
            let plain = EventExport(Pages(), registry: .builtIn, as: format)
            var (bytes, looks) = ([UInt8](), [Int]())
            while true {
                var count = 0
                guard let piece = try plain.next(look: { count += 1 }) else { break }
                bytes += piece
                looks.append(count)
            }
            #expect(looks.prefix(2) == [1, 1] && looks.allSatisfy { $0 <= 1 }, "\(looks)")
            // Up to its first piece likewise, and nothing of it is lost.
            let stepped = EventExport(Pages(), registry: .builtIn, as: format)
            #expect(try stepped.begin {} == nil)
            #expect(try stepped.begin {} == nil)
            #expect(try stepped.begin {} == bytes && stepped.next() == nil)
        }
    }

    /// A page that is larger than all there is comes when nobody else has anything.
    @Test func whoIsAloneIsNotRefused() throws {
        let pool = MemoryPool(limitBytes: 1_000)
        let export = EventExport(Pages(), registry: .builtIn, as: .csv, booking: MemoryBooking(in: pool))
        var bytes: [UInt8] = []
        while let piece = try export.next() { bytes += piece }
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("type,time,id,source,"))
    }
}
