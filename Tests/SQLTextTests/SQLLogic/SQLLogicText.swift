import Bytes
import Columnar
import Execution
import Foundation
import JSONTexts
import Plans

/// Values as sqllogictest writes them.
enum SQLLogicText {
    static func text(_ value: Scalar, as type: Character) -> String {
        switch (value, type) {
        case (.null, _): return "NULL"
        case (_, "I"): return String(Int64(number(value).rounded(.towardZero)))
        case (_, "R"): return String(format: "%.3f", number(value))
        case (.text(let text), _):
            if text.isEmpty { return "(empty)" }
            return String(
                String.UnicodeScalarView(text.unicodeScalars.map { (32...126).contains($0.value) ? $0 : "@" }))
        case (.boolean(let flag), _): return flag ? "true" : "false"
        case (.timestamptz(let instant), _), (.timestamp(let instant), _): return CivilTime(nanoseconds: instant).text
        case (.date(let days), _): return CivilDate(daysSince1970: days).text
        case (.interval(let span), _): return span.text
        default: return value.planText
        }
    }

    private static func number(_ value: Scalar) -> Double {
        switch value {
        case .integer(let number): Double(number)
        case .double(let number): number
        case .numeric(let mantissa, let scale): Double(DecimalText.renderFull(mantissa, scale: scale)) ?? .nan
        case .boolean(let flag): flag ? 1 : 0
        case .text(let text): Double(text) ?? 0
        default: .nan
        }
    }

    static func hashed(_ values: [String]) -> String {
        let digest = MD5.digest(Array(values.map { $0 + "\n" }.joined().utf8))
        return "\(values.count) values hashing to " + digest.map { String(format: "%02x", $0) }.joined()
    }
}

extension SQLLogicText {
    /// A row a line, values as PostgreSQL writes them, ` | ` between them: what our CSV holds, without its marks.
    static func exactLines(_ result: ResultSet) -> [String] {
        records(ofCSV: result.rendered(.csv)).dropFirst().map { cells in
            zip(cells, result.columns).map { exact($0, $1.type) }.joined(separator: " | ")
        }
    }

    /// - Parameter cell: as it stands in CSV, with its quotes.
    private static func exact(_ cell: String, _ type: ColumnType) -> String {
        switch type {
        case _ where cell.isEmpty: "NULL"
        case .boolean: String(cell.prefix(1))
        case .timestamptz: cell.replacing("T", with: " ").replacing("Z", with: "+00")
        default: escaped(unquoted(cell))
        }
    }

    /// Byte by byte, as a mark may melt into a letter's accent.
    private static func unquoted(_ cell: String) -> String {
        let bytes = Array(cell.utf8)
        guard bytes.count > 1, bytes.first == 0x22, bytes.last == 0x22 else { return cell }
        var inner: [UInt8] = []
        var isSecond = false
        for byte in bytes.dropFirst().dropLast() {
            isSecond = byte == 0x22 && !isSecond
            if !isSecond { inner.append(byte) }
        }
        return String(decoding: inner, as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        if text.isEmpty { return "(empty)" }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case _ where scalar.value < 32 || scalar.value == 127:
                result.append(contentsOf: String(format: "\\x%02x", scalar.value).unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Records and their cells, whose quotes stay: they tell an empty text from NULL.
    private static func records(ofCSV text: String) -> [[String]] {
        var records: [[String]] = []
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        for byte in text.utf8 {
            switch byte {
            case 0x22:
                isQuoted.toggle()
                cell.append(byte)
            case 0x2C where !isQuoted, 0x0A where !isQuoted:
                if byte == 0x0A, cell.last == 0x0D { cell.removeLast() }
                cells.append(String(decoding: cell, as: UTF8.self))
                cell = []
                if byte == 0x0A {
                    records.append(cells)
                    cells = []
                }
            default: cell.append(byte)
            }
        }
        return records
    }
}

/// RFC 1321, because sqllogictest's expected hashes are MD5.
enum MD5 {
    private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
    private static let sines: [UInt32] = (0..<64).map { UInt32(abs(sin(Double($0 + 1))) * 4_294_967_296) }

    static func digest(_ message: [UInt8]) -> [UInt8] {
        var bytes = message + [0x80]
        while bytes.count % 64 != 56 { bytes.append(0) }
        for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: UInt64(message.count * 8) >> UInt64(8 * byte))) }
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
        for start in stride(from: 0, to: bytes.count, by: 64) {
            let words = (0..<16).map { word in
                (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + word * 4 + $1]) << UInt32(8 * $1) }
            }
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            for step in 0..<64 {
                let (mixed, word): (UInt32, Int) =
                    switch step / 16 {
                    case 0: ((b & c) | (~b & d), step)
                    case 1: ((d & b) | (~d & c), (5 * step + 1) % 16)
                    case 2: (b ^ c ^ d, (3 * step + 5) % 16)
                    default: (c ^ (b | ~d), (7 * step) % 16)
                    }
                let sum = a &+ mixed &+ sines[step] &+ words[word]
                let shift = shifts[step / 16 * 4 + step % 4]
                (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
            }
            state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }
}
