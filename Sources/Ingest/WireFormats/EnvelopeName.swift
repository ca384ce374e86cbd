internal import Bytes

/// The attributes of a CloudEvents 1.0 envelope that have a meaning of their own here; all others are extensions.
enum EnvelopeName: Int, CaseIterable {
    case specversion, id, source, type, time, subject, data, datacontenttype, traceparent
    /// Binary data; refused, as events carry JSON.
    case data_base64

    /// The attribute of a name; nil for an extension.
    static func find(_ name: Span<UInt8>) -> EnvelopeName? {
        // Names as little-endian words: the first eight bytes of the long ones, then the last eight.
        switch name.count {
        case 2: return name.loadPartialUInt64(at: 0, length: 2) == 0x6469 ? .id : nil
        case 4:
            switch name.loadPartialUInt64(at: 0, length: 4) {
            case 0x6174_6164: return .data
            case 0x6570_7974: return .type
            case 0x656D_6974: return .time
            default: return nil
            }
        case 6: return name.loadPartialUInt64(at: 0, length: 6) == 0x6563_7275_6F73 ? .source : nil
        case 7: return name.loadPartialUInt64(at: 0, length: 7) == 0x74_6365_6A62_7573 ? .subject : nil
        case 11:
            switch (name.loadUInt64(at: 0), name.loadUInt64(at: 3)) {
            case (0x7372_6576_6365_7073, 0x6E6F_6973_7265_7663): return .specversion
            case (0x7261_7065_6361_7274, 0x746E_6572_6170_6563): return .traceparent
            case (0x7361_625F_6174_6164, 0x3436_6573_6162_5F61): return .data_base64
            default: return nil
            }
        case 15:
            return name.loadUInt64(at: 0) == 0x746E_6F63_6174_6164 && name.loadUInt64(at: 7) == 0x6570_7974_746E_6574
                ? .datacontenttype : nil
        default: return nil
        }
    }

    /// The attribute whose name stands at a place with a closing quote, and how many bytes these are; nil for another
    /// name, and for attributes that few events have.
    /// - Precondition: 16 bytes from there on are there.
    @inline(__always)
    static func quoted(_ text: Span<UInt8>, at place: Int) -> (name: EnvelopeName, bytes: Int)? {
        let word = text.loadUInt64(at: place)
        if word & 0xFF_FFFF == 0x22_6469 { return (.id, 3) }
        switch word & 0xFF_FFFF_FFFF {
        case 0x22_6174_6164: return (.data, 5)
        case 0x22_6570_7974: return (.type, 5)
        case 0x22_656D_6974: return (.time, 5)
        default: break
        }
        if word & 0xFF_FFFF_FFFF_FFFF == 0x22_6563_7275_6F73 { return (.source, 7) }
        switch word {
        case 0x7372_6576_6365_7073:
            return text.loadUInt64(at: place &+ 4) == 0x226E_6F69_7372_6576 ? (.specversion, 12) : nil
        case 0x746E_6F63_6174_6164:
            return text.loadUInt64(at: place &+ 8) == 0x2265_7079_7474_6E65 ? (.datacontenttype, 16) : nil
        default: return nil
        }
    }
}
