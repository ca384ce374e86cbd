import Bytes

// tests: styles of names are looked at without traffic.
/// Names events in one of the styles that emitters use.
package struct IdentityMaker: Sendable {
    let style: WorkloadIDStyle
    private var generator: SeededGenerator

    /// A maker in one style; equal generators give equal names.
    package init(style: WorkloadIDStyle, generator: SeededGenerator) {
        self.style = style
        self.generator = generator
    }

    /// A name for something at this instant, ns since 1970 UTC.
    package mutating func next(at time: Int64) -> WorkloadID {
        let (first, second) = (generator.next(), generator.next())
        // RFC 9562: version in the four bits from 48, variant 10 in the two highest of the second half.
        let low = second & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        switch style {
        case .uuid7:
            let milliseconds = UInt64(bitPattern: floorDivide(time, 1_000_000)) & 0xFFFF_FFFF_FFFF
            return .uuid(milliseconds << 16 | 0x7000 | first & 0xFFF, low)
        case .uuid4:
            return .uuid(first & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low)
        case .text:
            var name: [UInt8] = []
            appendHexadecimal(first, digits: 14, to: &name)
            let tail = String(decoding: name, as: UTF8.self)
            switch second % 4 {
            case 0: return .text("evt-\(tail)")
            case 1: return .text("Vorgang \(tail)/é")
            case 2: return .text("\"\(tail)\"")
            default: return .text("\(first)")
            }
        }
    }
}
