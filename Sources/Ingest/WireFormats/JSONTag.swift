/// The bytes of `JSONKind`, to compare with a tape's tags in the loop over an event's fields.
enum JSONTag {
    static let object = UInt8(ascii: "{")
    static let string = UInt8(ascii: "\"")
    static let integer = UInt8(ascii: "l")
    static let unsigned = UInt8(ascii: "u")
    static let double = UInt8(ascii: "d")
    static let `true` = UInt8(ascii: "t")
    static let `false` = UInt8(ascii: "f")
    static let null = UInt8(ascii: "n")
}
