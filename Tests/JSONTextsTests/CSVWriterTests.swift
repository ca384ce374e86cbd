import JSONTexts
import Platform
import Testing

@Suite struct CSVWriterTests {
    /// Reads rows of fields, with whether each stood in quotes; nil for what RFC 4180 does not allow.
    private static func rows(_ bytes: [UInt8]) -> [[(text: [UInt8], isQuoted: Bool)]]? {
        var rows: [[(text: [UInt8], isQuoted: Bool)]] = []
        var row: [(text: [UInt8], isQuoted: Bool)] = []
        var index = 0
        while index < bytes.count {
            var text: [UInt8] = []
            let isQuoted = bytes[index] == 0x22
            if isQuoted {
                index += 1
                while true {
                    guard index < bytes.count else { return nil }
                    if bytes[index] == 0x22 {
                        guard index + 1 < bytes.count, bytes[index + 1] == 0x22 else { break }
                        index += 1
                    }
                    text.append(bytes[index])
                    index += 1
                }
                index += 1
            } else {
                while index < bytes.count, ![0x2C, 0x0D, 0x0A].contains(bytes[index]) {
                    guard bytes[index] != 0x22 else { return nil }
                    text.append(bytes[index])
                    index += 1
                }
            }
            row.append((text, isQuoted))
            guard index < bytes.count else { return nil }
            if bytes[index] == 0x2C {
                index += 1
                // A comma before the end of the row stands before one more field with nothing in it.
                if index < bytes.count, bytes[index] == 0x0D { row.append(([], false)) } else { continue }
            }
            guard bytes[index...].starts(with: [0x0D, 0x0A]) else { return nil }
            index += 2
            rows.append(row)
            row = []
        }
        return row.isEmpty ? rows : nil
    }

    @Test func fieldsStandInQuotesWhereTheyMust() {
        var table = CSVWriter()
        table.row(["a", "b,c", "d\"e", "f\ng", "h\ri", "", " ", "é"])
        #expect(table.text == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\"h\ri\",, ,é\r\n")
        table.removeAll()
        table.absent()
        table.told("")
        table.told("x")
        table.told(utf8: [])
        table.field(utf8: Array("y\"".utf8)[...])
        table.field(plain: { $0 += Array("12".utf8) })
        table.absent()
        table.endRow()
        #expect(table.text == ",\"\",x,\"\",\"y\"\"\",12,\r\n")
    }

    @Test func rowsEndAsAsked() {
        var table = CSVWriter(lineEnd: .lf)
        table.row(["a", "b"])
        table.row(["", ""])
        #expect(table.text == "a,b\n,\n")
    }

    @Test(arguments: [
        ("=1+2", "'=1+2"), ("+1", "'+1"), ("-x", "'-x"), ("@a", "'@a"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
        ("\nx", "\"'\nx\""), ("'a", "''a"), ("a=1", "a=1"), ("", ""), ("=\"a\"", "\"'=\"\"a\"\"\""), ("1", "1"),
        (" =1", " =1"), ("-6.125", "-6.125"), ("-12", "-12"), ("-1.2.3", "'-1.2.3"), ("-1+2", "'-1+2"), ("-.5", "'-.5"),
        ("-", "'-"),
    ])
    func textsOfOthersAreNoFormulas(_ text: String, _ expected: String) {
        var table = CSVWriter()
        table.shielded(text)
        #expect(table.text == expected)
        var plain = CSVWriter()
        plain.field(text)
        // Only where a spreadsheet is meant to read it.
        #expect(!plain.text.contains("'") || text.contains("'"))
    }

    @Test func readsBackWhatIsWritten() throws {
        var random = SeededGenerator(seed: 71)
        let alphabet = Array("\",\r\n ab'=é".utf8)
        for _ in 0..<500 {
            let width = 1 + random.next(below: 5)
            var table = CSVWriter()
            var written: [[[UInt8]?]] = []
            for _ in 0..<random.next(below: 6) {
                let row: [[UInt8]?] = (0..<width).map { _ in
                    guard random.next(below: 4) > 0 else { return nil }
                    return (0..<random.next(below: 6)).map { _ in alphabet[random.next(below: alphabet.count)] }
                }
                for field in row { if let field { table.told(utf8: field[...]) } else { table.absent() } }
                table.endRow()
                written.append(row)
            }
            let read = try #require(Self.rows(table.bytes), "seed 71: \(table.text)")
            let told: [[[UInt8]?]] = read.map { $0.map { $0.text.isEmpty && !$0.isQuoted ? nil : $0.text } }
            #expect(told == written, "seed 71: \(table.text)")
        }
    }
}
