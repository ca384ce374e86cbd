/// Reads comma-separated values after RFC 4180: quoted fields may hold commas, quotes (doubled) and line ends. Empty
/// lines are skipped.
enum CSVReader {
    /// - Returns: each row with the line of the file in which it begins, counted from 1.
    static func rows(_ bytes: [UInt8]) -> [(line: Int, fields: [String])] {
        var rows: [(line: Int, fields: [String])] = []
        var (line, firstLine) = (1, 1)
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var wasQuoted = false
        func endField() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
            wasQuoted = false
        }
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                    field.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
            case UInt8(ascii: ","): endField()
            case UInt8(ascii: "\r"): break
            case UInt8(ascii: "\n"):
                if !row.isEmpty || !field.isEmpty || wasQuoted {
                    endField()
                    rows.append((firstLine, row))
                    row = []
                }
                firstLine = line
            default: field.append(byte)
            }
        }
        if !row.isEmpty || !field.isEmpty || wasQuoted {
            endField()
            rows.append((firstLine, row))
        }
        return rows
    }
}
