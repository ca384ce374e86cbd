import Bytes

package typealias EventBatch = EventRows
package typealias EventRowReader = EventRow

extension EventRows {
    package init(bytes: [UInt8], offsets: [UInt32]) { self.init(bytes: bytes, starts: offsets) }
    package var offsets: [UInt32] {
        get { starts }
        set { starts = newValue }
    }
}

extension EventRowCursor {
    package init(_ bytes: [UInt8], at start: Int) { self.init(EventRow(bytes, at: start)) }
    package static func type(_ bytes: [UInt8], at start: Int) -> UInt16 { EventRow(bytes, at: start).type }
    package static func time(_ bytes: [UInt8], at start: Int) -> Int64 { EventRow(bytes, at: start).time }
    package static func isTimeAbsent(_ bytes: [UInt8], at start: Int) -> Bool { EventRow(bytes, at: start).isTimeAbsent }
    package static func byteCount(_ bytes: [UInt8], at start: Int) -> Int { EventRow(bytes, at: start).byteCount }
    package static func setTime(_ time: Int64, in bytes: inout [UInt8], at start: Int) {
        for shift in 0..<8 { bytes[start + 8 + shift] = UInt8(truncatingIfNeeded: time >> (8 * Int64(shift))) }
    }
}

package enum EventIdentity {
    package static func fields(_ bytes: [UInt8], at start: Int) -> Range<Int> { EventRow(bytes, at: start).identityRange }
    package static func hash(_ bytes: [UInt8], at start: Int, key: UInt64) -> UInt64 {
        EventRow(bytes, at: start).identityHash(key: key)
    }
    package static func hashes(_ bytes: [UInt8], at starts: [UInt32], key: UInt64) -> [UInt64] {
        EventRows(bytes: bytes, starts: starts).identityHashes(key: key)
    }
    package static func areEqual(_ left: [UInt8], at leftStart: Int, _ right: [UInt8], at rightStart: Int) -> Bool {
        EventRow(left, at: leftStart).hasIdentity(of: EventRow(right, at: rightStart))
    }
    package static func haveEqualContent(_ left: [UInt8], at leftStart: Int, _ right: [UInt8], at rightStart: Int) -> Bool {
        EventRow(left, at: leftStart).hasContent(of: EventRow(right, at: rightStart))
    }
}
