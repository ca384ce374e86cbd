/// The attributes of a CloudEvents 1.0 envelope that have a meaning of their own here; all others are extensions.
enum EnvelopeName: Int, CaseIterable {
    case specversion, id, source, type, time, subject, data, datacontenttype, traceparent
    /// Binary data; refused, as events carry JSON.
    case data_base64

    private static let names: [[UInt8]] = allCases.map { Array("\($0)".utf8) }

    /// The attribute of a name; nil for an extension.
    static func find(_ name: Span<UInt8>) -> EnvelopeName? {
        let candidate: EnvelopeName
        switch name.count {
        // The one that every event has and that is quickest to tell.
        case 2: return name[0] == UInt8(ascii: "i") && name[1] == UInt8(ascii: "d") ? .id : nil
        case 4: candidate = name[0] == UInt8(ascii: "d") ? .data : name[1] == UInt8(ascii: "y") ? .type : .time
        case 6: candidate = .source
        case 7: candidate = .subject
        case 11:
            candidate =
                name[0] == UInt8(ascii: "s") ? .specversion : name[0] == UInt8(ascii: "t") ? .traceparent : .data_base64
        case 15: candidate = .datacontenttype
        default: return nil
        }
        return isEqual(name, names[candidate.rawValue]) ? candidate : nil
    }
}
