import Bytes
import Columnar
import Compression

/// Writes one column of a row group, a page for each stretch of rows it is given.
struct ChunkWriter: Sendable {
    /// The most rows of a page.
    static let pageRowsMax = 65_536
    /// A page of texts ends with the one that reaches this.
    static let pageBytes = 1 << 20

    let column: ParquetColumn
    var metadata = ChunkMetadata()
    var range = ValueRange()
    var texts = HeldTexts()

    init(_ column: ParquetColumn) { self.column = column }

    /// Appends rows of a vector of the column's type.
    /// - Throws: for what has no form, as of ``ParquetRefusal``.
    mutating func append(
        _ vector: Vector, _ rows: Range<Int>, to output: inout ParquetOutput
    ) throws(ParquetRefusal) {
        let vector = try stored(vector)
        var start = rows.lowerBound
        while start < rows.upperBound {
            let end = min(start + Self.pageRowsMax, rows.upperBound)
            try appendPage(vector, start..<end, to: &output)
            start = end
        }
    }

    /// Writes what is held, and the statistics.
    mutating func finish(to output: inout ParquetOutput) throws(ParquetRefusal) {
        if column.form == .bytes { try finishTexts(to: &output) }
        metadata.range = range.encoded(as: column.form)
    }

    private mutating func appendPage(
        _ vector: Vector, _ rows: Range<Int>, to output: inout ParquetOutput
    ) throws(ParquetRefusal) {
        let validity = vector.validity
        let levels = rows.map { row -> UInt32 in validity?[row] ?? true ? 1 : 0 }
        var values = ByteSink()
        var encoding = PageEncoding.plain
        switch vector.storage {
        case .text(let codes, let dictionary):
            return try append(texts: Self.present(codes, rows, validity), of: dictionary, levels, to: &output)
        case .int64(let all):
            encoding = try append(Self.present(all, rows, validity), to: &values)
        case .int128(let all): try append(decimals: Self.present(all, rows, validity), to: &values)
        case .double(let all):
            let present = Self.present(all, rows, validity)
            range.add(present)
            for value in present { values.append(value) }
        case .boolean(let all):
            let present = Self.present(all, rows, validity)
            range.add(present)
            PlainValues.append(present, to: &values)
        case .constant, .scalars, .interval:
            // What else there is was brought into another form before.
            let levels = [UInt32](repeating: 0, count: rows.count)
            if column.form == .bytes { return try append(texts: [], of: nil, levels, to: &output) }
            return try page(levels, values.bytes, .plain, to: &output)
        }
        try page(levels, values.bytes, encoding, to: &output)
    }

    private static func present<Value>(_ values: [Value], _ rows: Range<Int>, _ validity: Validity?) -> [Value] {
        guard let validity else { return Array(values[rows]) }
        return rows.filter { validity[$0] }.map { values[$0] }
    }

    // MARK: Numbers

    /// - Returns: how they were written.
    private mutating func append(_ numbers: [Int64], to sink: inout ByteSink) throws(ParquetRefusal) -> PageEncoding {
        switch column.form {
        case .fixed:
            try append(decimals: numbers.map { Int128($0) }, to: &sink)
            return .plain
        case .int32:
            range.add(numbers)
            for number in numbers {
                guard Int32(exactly: number) != nil else { throw ParquetRefusal.digits(of: column.name) }
                sink.append(word: UInt64(bitPattern: number), count: 4)
            }
            return .plain
        default:
            range.add(numbers)
            DeltaIntegers.append(numbers, to: &sink)
            if sink.count < numbers.count * 8 { return .deltas }
            sink.removeAll()
            for number in numbers { sink.append(littleEndian: number) }
            return .plain
        }
    }

    /// What a decimal has room for: 38 digits.
    private static let decimals: ClosedRange<Int128> = {
        guard let power = Decimal128.power(ParquetColumn.decimalDigits) else { preconditionFailure("it fits") }
        return (1 - power)...(power - 1)
    }()

    private mutating func append(decimals: [Int128], to sink: inout ByteSink) throws(ParquetRefusal) {
        range.add(decimals)
        for mantissa in decimals {
            guard Self.decimals.contains(mantissa) else { throw ParquetRefusal.digits(of: column.name) }
            PlainValues.append(mantissa, to: &sink)
        }
    }

    // MARK: Rare forms

    /// The same values in the storage of their type; nulls throughout as they are.
    private func stored(_ vector: Vector) throws(ParquetRefusal) -> Vector {
        switch vector.storage {
        case .interval: throw ParquetRefusal.form(of: column.name)
        case .text(_, let dictionary) where dictionary.count == 0: return .nulls(column.type, count: vector.count)
        case .constant, .scalars: break
        case .int64 where vector.type.scale != column.type.scale, .int128 where vector.type.scale != column.type.scale:
            break
        default: return vector
        }
        if vector.isAbsent { return vector }
        var builder = ColumnBuilder(type: column.type, rowsExpected: vector.count)
        for row in 0..<vector.count {
            switch vector.scalar(at: row) {
            case .null: builder.padNulls(to: row + 1)
            case .boolean(let truth): builder.append(boolean: truth)
            case .double(let value): builder.append(double: value)
            case .text(let text), .json(let text): builder.append(text: text)
            case .numeric(let mantissa, let scale): builder.append(wide: try rescaled(mantissa, scale))
            case .integer(let value) where column.type.isNumeric:
                builder.append(wide: try rescaled(Int128(value), 0))
            case .integer(let value), .timestamptz(let value), .timestamp(let value), .date(let value):
                builder.append(integer: value)
            case .interval, .array: throw ParquetRefusal.form(of: column.name)
            }
        }
        return builder.finish()
    }

    /// A mantissa for the column's scale.
    private func rescaled(_ mantissa: Int128, _ scale: Int) throws(ParquetRefusal) -> Int128 {
        guard scale <= column.type.scale,
            let result = Decimal128.rescale(mantissa, from: scale, to: column.type.scale)
        else { throw ParquetRefusal.digits(of: column.name) }
        return result
    }

    // MARK: Pages

    /// A page of values: which rows have one (1 by row, else 0), and those.
    mutating func page(
        _ levels: [UInt32], _ values: [UInt8], _ encoding: PageEncoding, to output: inout ParquetOutput
    ) throws(ParquetRefusal) {
        var body = ByteSink(capacity: values.count + 64)
        body.append(word: 0, count: 4)
        RunLengths.append(levels.span, width: 1, to: &body)
        body.patch(word: UInt32(body.count - 4), at: 0)
        body.append(contentsOf: values.span)
        if metadata.valueCount == 0 { metadata.dataOffset = output.position }
        metadata.valueCount += levels.count
        metadata.nullCount += levels.count(where: { $0 == 0 })
        metadata.uses(encoding)
        try put(body.bytes, kind: 0, to: &output) { header in
            header.structure(5) {
                $0.field(1, int32: Int32(levels.count))
                $0.field(2, int32: encoding.rawValue)
                $0.field(3, int32: PageEncoding.runLengths.rawValue)
                $0.field(4, int32: PageEncoding.runLengths.rawValue)
            }
        }
    }

    /// A page of the texts that codes of later pages mean.
    mutating func dictionaryPage(
        _ values: [UInt8], count: Int, to output: inout ParquetOutput
    ) throws(ParquetRefusal) {
        metadata.dictionaryOffset = output.position
        metadata.uses(.plain)
        try put(values, kind: 2, to: &output) { header in
            header.structure(7) {
                $0.field(1, int32: Int32(count))
                $0.field(2, int32: PageEncoding.plain.rawValue)
            }
        }
    }

    private mutating func put(
        _ body: [UInt8], kind: Int32, to output: inout ParquetOutput, _ words: (inout ThriftWriter) -> Void
    ) throws(ParquetRefusal) {
        let packed = Zstandard.compress(body)
        guard let count = Int32(exactly: body.count), let packedCount = Int32(exactly: packed.count) else {
            throw ParquetRefusal.length(of: column.name)
        }
        var header = ThriftWriter()
        header.field(1, int32: kind)
        header.field(2, int32: count)
        header.field(3, int32: packedCount)
        words(&header)
        header.end()
        output.append(header.bytes)
        output.append(packed)
        metadata.uncompressedBytes += header.bytes.count + body.count
        metadata.compressedBytes += header.bytes.count + packed.count
    }
}
