import Bytes

/// What stands in Thrift's compact protocol, read without knowing what it means.
indirect enum ThriftValue {
    case flag(Bool)
    case number(Int64)
    case bytes([UInt8])
    case list([ThriftValue])
    case structure([(number: Int, value: ThriftValue)])

    /// A structure up to its end.
    init(structure cursor: inout ByteCursor) throws {
        var fields: [(number: Int, value: ThriftValue)] = []
        var last = 0
        while true {
            let head = try cursor.readByte()
            if head == 0 { break }
            last = head >> 4 == 0 ? Int(try cursor.readZigzag()) : last + Int(head >> 4)
            fields.append((last, try ThriftValue(kind: head & 15, &cursor)))
        }
        self = .structure(fields)
    }

    private init(kind: UInt8, _ cursor: inout ByteCursor) throws {
        switch kind {
        case 1: self = .flag(true)
        case 2: self = .flag(false)
        case 3: self = .number(Int64(Int8(bitPattern: try cursor.readByte())))
        case 4, 5, 6: self = .number(try cursor.readZigzag())
        case 8: self = .bytes(Array(try cursor.readSlice(Int(try cursor.readVarint()))))
        case 9:
            let head = try cursor.readByte()
            let count = head >> 4 == 15 ? Int(try cursor.readVarint()) : Int(head >> 4)
            var values: [ThriftValue] = []
            for _ in 0..<count { values.append(try ThriftValue(kind: head & 15, &cursor)) }
            self = .list(values)
        case 12: self = try ThriftValue(structure: &cursor)
        default: throw cursor.failure("a kind of value")
        }
    }

    subscript(number: Int) -> ThriftValue? {
        guard case .structure(let fields) = self else { return nil }
        return fields.first { $0.number == number }?.value
    }

    var number: Int? { if case .number(let number) = self { Int(number) } else { nil } }
    var elements: [ThriftValue] { if case .list(let values) = self { values } else { [] } }
    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// A line for each value, two blanks for each level.
    func lines(_ indent: String = "") -> [String] {
        switch self {
        case .flag(let flag): [indent + (flag ? "true" : "false")]
        case .number(let number): [indent + "\(number)"]
        case .bytes(let bytes): [indent + Self.shown(bytes)]
        case .list(let values):
            [indent + "["] + values.flatMap { $0.lines(indent + "  ") } + [indent + "]"]
        case .structure(let fields):
            [indent + "{"]
                + fields.flatMap { field in
                    var lines = field.value.lines(indent + "  ")
                    lines[0] = "\(indent)  \(field.number): " + lines[0].drop { $0 == " " }
                    return lines
                } + [indent + "}"]
        }
    }

    private static func shown(_ bytes: [UInt8]) -> String {
        let isPlain = bytes.allSatisfy { (0x20..<0x7F).contains($0) }
        return isPlain ? "\"\(String(decoding: bytes, as: UTF8.self))\"" : "0x" + hexadecimal(bytes)
    }
}
