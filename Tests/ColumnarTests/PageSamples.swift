import Columnar

/// A small seeded generator: equal seeds give equal samples.
struct SampleGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func hex(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
}

func uuid(_ high: UInt64, _ low: UInt64) -> String {
    let digits = Array(hex(high, 16) + hex(low, 16))
    return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]].map { String($0) }.joined(
        separator: "-")
}

/// Vectors of `count` rows that reach every encoding and form.
func sampleVectors(count: Int, seed: UInt64) -> [(name: String, vector: Vector)] {
    var random = SampleGenerator(state: seed)
    var result: [(name: String, vector: Vector)] = []
    func add(_ name: String, _ type: ColumnType, _ storage: Vector.Storage) {
        result.append((name, Vector(type: type, count: count, storage: storage)))
    }
    func integers(_ name: String, _ type: ColumnType = .integer, _ make: (Int) -> Int64) {
        add(name, type, .int64((0..<count).map(make)))
    }
    integers("constant") { _ in -7 }
    integers("random") { _ in Int64(bitPattern: random.next()) }
    integers("small") { _ in Int64(random.next() % 1_000) }
    integers("ascending") { Int64($0) * 3 + 5 }
    integers("alternating") { $0 % 2 == 0 ? Int64.min : Int64.max }
    integers("tail") { _ in random.next() % 100 == 0 ? Int64(bitPattern: random.next()) : Int64(random.next() % 16) }
    integers("runs") { Int64($0 / 100 % 7) * 1_000_003 }
    var time: Int64 = 1_785_574_800_000_000_000
    integers("times", .timestamptz) { _ in
        time += Int64(random.next() % 5_000) * 1_000_000
        return time
    }
    var far: Int64 = 1_785_574_800_000_000_000
    integers("times with nights", .timestamptz) { row in
        far += row % 37 == 36 ? 1 << 45 : Int64(row * 7_919 % 1_009)
        return far
    }
    integers("days", .date) { 19_000 + Int64($0 / 1_000) }
    integers("money", .numeric(scale: 12)) { _ in Int64(random.next() % 9_000) * 150_000 }
    add(
        "wide", .numeric(scale: 12),
        .int128((0..<count).map { _ in Int128(bitPattern: UInt128(random.next()) << 64 | 5) }))
    add("narrow", .numeric(scale: 2), .int128((0..<count).map { Int128($0) }))
    add("decimals", .double, .double((0..<count).map { _ in Double(random.next() % 1_000) / 100 }))
    let odd: [Double] = [
        -0.0, 0.0, .nan, Double(bitPattern: 0x7FF8_0000_0000_1234), .infinity, -.infinity, .leastNonzeroMagnitude, .pi,
        0.1, 1e300,
    ]
    add("odd doubles", .double, .double((0..<count).map { odd[$0 % odd.count] }))
    add("mostly decimals", .double, .double((0..<count).map { $0 % 50 == 7 ? -0.0 : Double($0 % 90) / 10 }))
    add("random doubles", .double, .double((0..<count).map { _ in Double(random.next()) / 3 }))
    add("booleans", .boolean, .boolean((0..<count).map { _ in random.next() % 3 == 0 }))
    add("true", .boolean, .boolean(Array(repeating: true, count: count)))
    func texts(_ name: String, _ type: ColumnType = .text, _ make: (Int) -> String) {
        var builder = TextDictionaryBuilder()
        let codes = (0..<count).map { builder.code(of: make($0)) }
        add(name, type, .text(codes: codes, dictionary: builder.finish()))
    }
    texts("few") { _ in ["web", "slack", "teams", "e-mail", "", "ünïcode"][Int(random.next() % 6)] }
    texts("one") { _ in "ok" }
    texts("long") { _ in String(repeating: "long ", count: 90) }
    texts("unique") { "text number \($0) " + String(repeating: "x", count: $0 % 9) }
    texts("uuid4") { _ in uuid(random.next() & ~0xF000 | 0x4000, random.next() >> 2 | 1 << 63) }
    texts("uuid7") {
        uuid(UInt64(0x019F_BA9F_0000 + $0) << 16 | 0x7000 | random.next() % 4_096, random.next() >> 2 | 1 << 63)
    }
    texts("traces") { _ in hex(random.next(), 16) + hex(random.next(), 16) }
    texts("spans") { _ in hex(random.next(), 16) }
    texts("conversations") { "c-" + hex(UInt64($0 / 5) + 0x2A8F1, 9) }
    texts("users") { _ in "u" + String(String(100_000 + random.next() % 2_000).dropFirst()) }
    texts("pods") { _ in "pod-\(random.next() % 300)" }
    texts("documents", .json) { "{\"k\":\($0 % 77),\"name\":\"value \($0 % 5)\"}" }
    return result
}

/// The same vector with every row null for which `isNull` answers true, below which values are zero.
func withNulls(_ vector: Vector, where isNull: (Int) -> Bool) -> Vector {
    var validity = Validity(count: vector.count, allValid: true)
    for row in 0..<vector.count where isNull(row) { validity[row] = false }
    func blank<Value>(_ values: [Value], _ zero: Value) -> [Value] {
        values.indices.map { validity[$0] ? values[$0] : zero }
    }
    let storage: Vector.Storage =
        switch vector.storage {
        case .int64(let values): .int64(blank(values, 0))
        case .int128(let values): .int128(blank(values, 0))
        case .double(let values): .double(blank(values, 0))
        case .boolean(let values): .boolean(blank(values, false))
        case .text(let codes, let dictionary): .text(codes: blank(codes, 0), dictionary: dictionary)
        default: vector.storage
        }
    return Vector(type: vector.type, count: vector.count, storage: storage, validity: validity)
}

/// A row as a value that compares bit by bit: doubles by pattern, numerics by mantissa.
func rowKey(_ vector: Vector, _ row: Int) -> String {
    if let validity = vector.validity, !validity[row] { return "null" }
    switch vector.storage {
    case .int64(let values): return "\(values[row])"
    case .int128(let values): return "\(values[row])"
    case .double(let values): return "\(values[row].bitPattern)"
    case .boolean(let values): return "\(values[row])"
    case .text(let codes, let dictionary): return dictionary[Int(codes[row])]
    case .interval(let values): return "\(values[row])"
    case .scalars(let values): return "\(values[row])"
    case .constant(let value):
        switch value {
        case .null: return "null"
        case .integer(let value), .timestamptz(let value), .timestamp(let value), .date(let value): return "\(value)"
        case .numeric(let value, _): return "\(value)"
        case .double(let value): return "\(value.bitPattern)"
        case .boolean(let value): return "\(value)"
        case .text(let value), .json(let value): return value
        default: return "\(value)"
        }
    }
}

func sameRows(_ left: Vector, _ right: Vector) -> Bool {
    left.count == right.count && left.type == right.type
        && (0..<left.count).allSatisfy { rowKey(left, $0) == rowKey(right, $0) }
}
