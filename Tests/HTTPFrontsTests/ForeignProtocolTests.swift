import Clients
import Domain
import HTTPFronts
import Platform
import Testing

/// Who does not speak HTTP/1.1 is told so in words that he understands.
@Suite struct ForeignProtocolTests {
    private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    private static let advice = "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"

    private static func frame(_ kind: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), kind, flags, 0, 0, 0, stream] + payload
    }

    /// Preface, settings, a window, and a request whose block of fields has some bytes in it.
    private static func request(_ fields: [UInt8]) -> [UInt8] {
        Array(preface.utf8) + frame(4, 0, 0, [0, 2, 0, 0, 0, 0]) + frame(8, 0, 0, [0, 1, 0, 0])
            + frame(1, 4, 1, [0x83, 0x86] + fields) + frame(0, 1, 1, [1, 2, 3])
    }

    private func counted(_ client: ServerClient, _ reason: String) async throws -> Bool {
        try await client.send("GET", "/metrics?format=text").text
            .contains("plimsoll_http_refusals_total{reason=\"\(reason)\"} 1\n")
    }

    /// The media type plain, with a suffix, and in HPACK's code.
    @Test(arguments: [
        Array("application/grpc".utf8), Array("application/grpc+proto".utf8),
        [0x5F, 0x8B, 0x1D, 0x75, 0xD0, 0x62, 0x0D, 0x26, 0x3D, 0x4C, 0x4D, 0x65, 0x64],
    ])
    func gRPCIsToldWhatToSet(type: [UInt8]) async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { client, server in
            let connection = try await RawConnection.connect(to: try #require(server.address))
            connection.write(Self.request(type))
            #expect(try await connection.wait { connection.text.contains(Self.advice) })
            let bytes = connection.bytes
            #expect(bytes.starts(with: Self.frame(4, 0, 0, []) + Self.frame(4, 1, 0, [])), "settings, and theirs taken")
            // A head that ends its stream, UNIMPLEMENTED; then the end of the connection.
            #expect(Array(bytes[21...23]) == [1, 5, 0] && bytes[26] == 1)
            #expect(connection.text.contains("grpc-status\u{2}12"))
            #expect(bytes.suffix(17).elementsEqual(Self.frame(7, 0, 0, [0, 0, 0, 1, 0, 0, 0, 0])))
            #expect(try await counted(client, "grpc"))
            let line = try await lines.line(with: "warning refused reason=grpc client=127.0.0.1", Self.advice)
            #expect(line != nil, "\(lines.texts())")
            // The exporter's own setting, with the port that it is.
            let own = "OTEL_EXPORTER_OTLP_ENDPOINT=http://\(try #require(server.address))"
            #expect(line?.contains(own) == true, "\(lines.texts())")
            await connection.close()
        }
    }

    @Test func anyByteMayComeAlone() async throws {
        var limits = ServerLimits()
        limits.lingerTimeout = .seconds(120)
        try await withServer(limits: limits) { client, server in
            let connection = try await RawConnection.connect(to: try #require(server.address))
            for byte in Self.request(Array("application/grpc".utf8)) {
                connection.write([byte])
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(try await connection.wait { connection.text.contains(Self.advice) })
            #expect(try await counted(client, "grpc"))
            await connection.close()
            // A beginning that both have.
            let plain = try await RawConnection.connect(to: try #require(server.address), sending: "P")
            for byte in "OST /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8 {
                plain.write([byte])
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(try await plain.wait { plain.isClosed })
            #expect(plain.text.hasPrefix("HTTP/1.1 405 "), "\(plain.text)")
        }
    }

    @Test func otherHTTP2IsRefusedAsHTTP() async throws {
        try await withServer { client, server in
            let connection = try await RawConnection.connect(to: try #require(server.address))
            connection.write(Self.request(Array("text/plain".utf8)))
            #expect(try await connection.wait { connection.text.contains("ask by HTTP/1.1") })
            #expect(connection.text.contains(":status\u{3}505") && !connection.text.contains("grpc-status"))
            #expect(try await counted(client, "http2"))
            await connection.close()
        }
    }

    @Test func theConnectionEndsWhateverItsClientDoes() async throws {
        var limits = ServerLimits()
        limits.lingerTimeout = .milliseconds(300)
        try await withServer(limits: limits) { _, server in
            let silent = try await RawConnection.connect(to: try #require(server.address), sending: Self.preface)
            let loud = try await RawConnection.connect(to: try #require(server.address))
            loud.write(Self.request(Array("application/grpc".utf8)))
            let endless = try await RawConnection.connect(to: try #require(server.address))
            endless.write(Array(Self.preface.utf8) + [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1])
            #expect(try await silent.wait { silent.isClosed })
            #expect(try await loud.dribble { loud.isClosed })
            #expect(try await endless.dribble(String(repeating: "x", count: 4096)) { endless.isClosed })
        }
    }

    @Test func aHandshakeOfTLSIsToldOf() async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { client, server in
            let connection = try await RawConnection.connect(to: try #require(server.address))
            let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]
            connection.write(hello + Array(repeating: 7, count: 32))
            #expect(try await connection.wait { connection.isClosed })
            #expect(try await counted(client, "tls"))
            #expect(try await lines.line(with: "reason=tls", "a proxy before the server that speaks TLS") != nil)
        }
    }
}
