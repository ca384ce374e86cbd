import EventLogs
import Platform
import Testing

@Suite struct LogInspectorTests {
    private func text(_ system: SimulatedFileSystem, _ detail: LogInspector.Detail) throws -> String {
        var lines: [String] = []
        let file = try system.open(logPath + "/events-000000000001.log", .read)
        try LogInspector.inspect(file, detail: detail) { lines.append($0) }
        return lines.joined(separator: "\n")
    }

    private func sample() throws -> SimulatedFileSystem {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        try log.append(
            .schemas, position: 0, count: 0, receivedTime: 1_785_574_800_000_000_000, payload: Array("schema".utf8))
        try log.append(
            .events, position: 0, count: 2, receivedTime: 1_785_574_800_000_000_001, payload: [UInt8](1...16))
        try log.close(time: 1_785_574_800_000_000_002)
        return system
    }

    @Test func bytesAreAsDrawn() throws {
        let drawn = try text(sample(), .bytes(payloadMax: 8))
        let expected = """
            events-000000000001.log: 4096 bytes
            00000000   50 4c 49 4d 4c 4f 47     magic
            00000007   01                       version 1
            00000008   41 e6 7e 08 37 e4 b1 5e  log id
            00000010   01 00 00 00 00 00 00 00  file number 1
            00000018   00 10 00 00 00 00 00 00  file bytes 4096
            00000020   00 00 00 00 00 00 00 00  first position 0
            00000028   00 00 00 00 00 00 00 00  end of the file before 0
            00000030   00 00 00 00              chain of the file before
            00000034   00 00 00 00              zero
            00000038   3b f7 4a 66 ec b2 ff 87  checksum
            00000000 file 1, first position 0, intact
            00000200 schemas, position 0, 6 payload bytes
            00000200   9f b4 ed c9 68 3f 57 0b  checksum, intact
            00000208   06 00 00 00              payload bytes 6
            0000020c   02                       kind schemas
            0000020d   00                       zero
            0000020e   01 00                    file number, low
            00000210   00 00 00 00              count 0
            00000214   3b f7 4a 66              chain
            00000218   00 00 00 00 00 00 00 00  position 0
            00000220   00 a0 e3 f9 d1 a2 c7 18  received time 1785574800000000000
            00000228   00 02 00 00 00 00 00 00  flushed up to 00000200
            00000230   41 e6 7e 08 37 e4 b1 5e  log id
            00000238   73 63 68 65 6d 61        payload
            0000023e   00 00                    padding
            00000240 events, position 0, 2 events, 16 payload bytes
            00000240   f7 fc b0 3f ce 0e 6b 7a  checksum, intact
            00000248   10 00 00 00              payload bytes 16
            0000024c   01                       kind events
            0000024d   00                       zero
            0000024e   01 00                    file number, low
            00000250   02 00 00 00              count 2
            00000254   9f b4 ed c9              chain
            00000258   00 00 00 00 00 00 00 00  position 0
            00000260   01 a0 e3 f9 d1 a2 c7 18  received time 1785574800000000001
            00000268   00 02 00 00 00 00 00 00  flushed up to 00000200
            00000270   41 e6 7e 08 37 e4 b1 5e  log id
            00000278   01 02 03 04 05 06 07 08  payload
                     8 more payload bytes
            00000288 end, position 2, 0 payload bytes
            00000288   b9 a9 1e 30 f6 17 4a eb  checksum, intact
            00000290   00 00 00 00              payload bytes 0
            00000294   08                       kind end
            00000295   00                       zero
            00000296   01 00                    file number, low
            00000298   00 00 00 00              count 0
            0000029c   f7 fc b0 3f              chain
            000002a0   02 00 00 00 00 00 00 00  position 2
            000002a8   02 a0 e3 f9 d1 a2 c7 18  received time 1785574800000000002
            000002b0   88 02 00 00 00 00 00 00  flushed up to 00000288
            000002b8   41 e6 7e 08 37 e4 b1 5e  log id
            000002c0 end of 3 records, 3392 bytes free
            """
        #expect(drawn == expected)
    }

    @Test func recordsAreSummarised() throws {
        let drawn = try text(sample(), .records)
        let expected = """
            events-000000000001.log: 4096 bytes
            00000000 file 1, first position 0, intact
            00000200 schemas, position 0, 6 payload bytes
            00000240 events, position 0, 2 events, 16 payload bytes
            00000288 end, position 2, 0 payload bytes
            000002c0 end of 3 records, 3392 bytes free
            """
        #expect(drawn == expected)
    }

    @Test func damageIsNamed() throws {
        let system = try sample()
        system.damage(logPath + "/events-000000000001.log") { $0[520] ^= 1 }
        let said =
            "00000200 DAMAGED: the record at 00000288 says that this place was flushed\n1 orphaned records behind the end"
        #expect(try text(system, .records).hasSuffix(said))
        system.damage(logPath + "/events-000000000001.log") { $0[7] = 2 }
        #expect(try text(system, .records).hasSuffix("00000007 DAMAGED: expected format version 1, found 2"))
        system.damage(logPath + "/events-000000000001.log") { $0 = [1, 2] }
        #expect(try text(system, .bytes(payloadMax: 0)).contains("DAMAGED"))
    }
}
