import Bytes
import Compression
import Testing

/// Reads what is written here, by the format's description alone.
struct ParquetReading {
    private let file: [UInt8]
    let footer: ThriftValue

    init(_ file: [UInt8]) throws {
        self.file = file
        try #require(file.count > 12 && file.prefix(4).elementsEqual("PAR1".utf8))
        try #require(file.suffix(4).elementsEqual("PAR1".utf8))
        var end = ByteCursor(Array(file.suffix(8)))
        let length = Int(try end.read(littleEndian: UInt32.self))
        var cursor = ByteCursor(Array(file[(file.count - 8 - length)..<(file.count - 8)]))
        footer = try ThriftValue(structure: &cursor)
        #expect(cursor.isAtEnd)
    }

    var groups: [ThriftValue] { footer[4]?.elements ?? [] }
    /// Rows of each row group.
    var groupRows: [Int] { groups.compactMap { $0[3]?.number } }

    func metadata(_ column: Int, group: Int = 0) throws -> ThriftValue {
        try #require(groups[group][1]?.elements[column][3])
    }

    /// Encodings that a column names.
    func encodings(_ column: Int, group: Int = 0) throws -> [Int] {
        try metadata(column, group: group)[2]?.elements.compactMap(\.number) ?? []
    }

    /// The least and the greatest value, and how many nulls.
    func statistics(_ column: Int, group: Int = 0) throws -> ToldRange {
        let told = try metadata(column, group: group)[12]
        return ToldRange(told?[6]?.bytes, told?[5]?.bytes, nulls: told?[3]?.number)
    }

    /// A column's values as they lie in pages, of truths a byte each; nil for nulls.
    func values(_ column: Int, group: Int = 0) throws -> [[UInt8]?] {
        let told = try metadata(column, group: group)
        let form = try #require(told[1]?.number)
        let count = try #require(told[5]?.number)
        let first = try #require(told[11]?.number ?? told[9]?.number)
        let length = try #require(told[7]?.number)
        var cursor = ByteCursor(file[first..<(first + length)])
        var (dictionary, values): ([[UInt8]], [[UInt8]?]) = ([], [])
        while values.count < count {
            let isOfValues = cursor.offset > 0 || told[11] == nil
            if values.isEmpty, isOfValues { #expect(first + cursor.offset == told[9]?.number) }
            let header = try ThriftValue(structure: &cursor)
            let packed = Array(try cursor.readSlice(try #require(header[3]?.number)))
            let body = try Zstandard.decompress(packed.span, count: try #require(header[2]?.number))
            if header[1]?.number == 2 {
                let count = try #require(header[7]?[1]?.number)
                dictionary = try Self.plain(body[...], form, count)
            } else {
                values += try Self.page(body, form, try #require(header[5]), dictionary)
            }
        }
        #expect(cursor.isAtEnd)
        return values
    }

    private static func page(
        _ body: [UInt8], _ form: Int, _ header: ThriftValue, _ dictionary: [[UInt8]]
    ) throws -> [[UInt8]?] {
        let count = try #require(header[1]?.number)
        var cursor = ByteCursor(body)
        let levelBytes = Int(try cursor.read(littleEndian: UInt32.self))
        let levels = try runs(try cursor.readSlice(levelBytes), width: 1, count: count)
        let present = levels.count { $0 == 1 }
        var rest = try cursor.readSlice(cursor.remaining)
        var values: [[UInt8]]
        switch header[2]?.number {
        case 0: values = try plain(rest, form, present)
        case 5: values = try deltas(rest).map { value in (0..<8).map { byte(value, $0) } }
        default:
            let width = Int(rest.removeFirst())
            values = try runs(rest, width: width, count: present).map { dictionary[Int($0)] }
        }
        #expect(values.count == present)
        values.reverse()
        return levels.map { $0 == 1 ? values.popLast() : nil }
    }

    private static func byte(_ value: Int64, _ place: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: value >> Int64(8 * place))
    }

    private static func plain(_ bytes: ArraySlice<UInt8>, _ form: Int, _ count: Int) throws -> [[UInt8]] {
        var cursor = ByteCursor(bytes)
        var values: [[UInt8]] = []
        for index in 0..<count {
            switch form {
            case 0: values.append([bytes[bytes.startIndex + index / 8] >> UInt8(index % 8) & 1])
            case 6: values.append(Array(try cursor.readSlice(Int(try cursor.read(littleEndian: UInt32.self)))))
            default: values.append(Array(try cursor.readSlice([1: 4, 2: 8, 5: 8, 7: 16][form] ?? 0)))
            }
        }
        return values
    }

    // MARK: Encodings

    /// Runs and groups of eight, as many as are wanted.
    static func runs(_ bytes: ArraySlice<UInt8>, width: Int, count: Int) throws -> [UInt32] {
        var cursor = ByteCursor(bytes)
        var values: [UInt32] = []
        while values.count < count {
            let head = Int(try cursor.readVarint())
            if head & 1 == 0 {
                let value = try cursor.readSlice((width + 7) / 8).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                values += [UInt32](repeating: value, count: head >> 1)
            } else {
                let bytes = try cursor.readSlice((head >> 1) * width)
                values += unpacked(Array(bytes), width: width, count: (head >> 1) * 8).map { UInt32($0) }
            }
        }
        #expect(cursor.isAtEnd)
        return Array(values.prefix(count))
    }

    /// Integers by their differences.
    static func deltas(_ bytes: ArraySlice<UInt8>) throws -> [Int64] {
        var cursor = ByteCursor(bytes)
        let (block, parts) = (Int(try cursor.readVarint()), Int(try cursor.readVarint()))
        let count = Int(try cursor.readVarint())
        var values = [try cursor.readZigzag()]
        while values.count < count {
            let least = try cursor.readZigzag()
            for width in try cursor.readSlice(parts) where values.count < count {
                let bytes = Array(try cursor.readSlice(block / parts * Int(width) / 8))
                for rest in unpacked(bytes, width: Int(width), count: block / parts) where values.count < count {
                    values.append(values[values.count - 1] &+ least &+ Int64(bitPattern: rest))
                }
            }
        }
        #expect(cursor.isAtEnd)
        return Array(values.prefix(count))
    }

    /// Bit by bit, the lowest first.
    private static func unpacked(_ bytes: [UInt8], width: Int, count: Int) -> [UInt64] {
        (0..<count).map { index in
            (0..<width).reduce(UInt64(0)) { value, bit in
                let place = index * width + bit
                return value | UInt64(bytes[place / 8] >> UInt8(place % 8) & 1) << UInt64(bit)
            }
        }
    }
}

/// What a file says of a column's values.
struct ToldRange: Equatable {
    var least: [UInt8]?
    var greatest: [UInt8]?
    var nulls: Int?

    init(_ least: [UInt8]?, _ greatest: [UInt8]?, nulls: Int?) {
        (self.least, self.greatest, self.nulls) = (least, greatest, nulls)
    }
}
