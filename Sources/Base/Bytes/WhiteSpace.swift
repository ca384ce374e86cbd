/// White space as Unicode has it (PropList.txt), by what it does.
package enum WhiteSpace: Sendable {
    /// It stands between words.
    case blank
    /// It ends a line.
    case lineEnd

    /// nil for a scalar that is none.
    package init?(_ scalar: UInt32) {
        switch scalar {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: self = .lineEnd
        case 0x09, 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: self = .blank
        default: return nil
        }
    }
}
