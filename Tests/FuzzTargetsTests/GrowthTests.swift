import FuzzTargets
import Testing

/// What strangers send takes as long as it is, whatever it is made of: texts that say one thing over and over, open
/// what they never close, or name ever more things.
///
/// Readers are many, some in C, and have no count of steps in common, so that time is looked at, and forgiven much:
/// four times the length may take eight times as long, and what takes longer than that twice in a row is told.
@Suite(.serialized) struct GrowthTests {
    /// Readers of what comes in before it is known to be any good.
    private static let names = [
        "http-accept", "http-cookie", "http-form", "http-forwarded", "http-host", "http-path", "http-token", "json",
        "openslo", "otlp-json", "otlp-protobuf", "promql", "rules", "series", "sql",
    ]
    private static let (sizes, ratioMax) = ([4_096, 16_384, 65_536], 8)
    /// Shorter times say nothing.
    private static let least = Duration.milliseconds(2)

    private struct Shape: Sendable {
        var name: String
        var bytes: @Sendable (_ count: Int) -> [UInt8]
    }

    private static func repeated(_ piece: [UInt8]) -> Shape {
        Shape(name: "\(String(decoding: piece.prefix(40), as: UTF8.self).debugDescription) over and over") { count in
            Array([[UInt8]](repeating: piece, count: count / max(1, piece.count) + 1).joined().prefix(count))
        }
    }

    private static func nested(_ open: String, _ close: String) -> Shape {
        Shape(name: "\(open) inside one another") { count in
            let depth = count / (open.utf8.count + close.utf8.count)
            return [open, close].flatMap { [[UInt8]](repeating: Array($0.utf8), count: depth).joined() }
        }
    }

    private static func listed(
        _ begin: String, _ separator: String, _ end: String, _ item: @escaping @Sendable (Int) -> String
    ) -> Shape {
        Shape(name: "\(begin + item(0) + separator)… of many names") { count in
            var (text, number) = (begin + item(0), 1)
            while text.utf8.count < count {
                text += separator + item(number)
                number += 1
            }
            return Array((text + end).utf8)
        }
    }

    private static let lists: [Shape] = [
        listed("{", ",", "}") { "\"k\($0)\":\($0)" }, listed("x{", ",", "}") { "k\($0)=\"v\"" },
        listed("", "&", "") { "k\($0)=\($0)" }, listed("", "; ", "") { "k\($0)=v" },
        listed("", ", ", "") { "text/t\($0);q=0.5" }, listed("select ", ", ", "") { "\($0) as k\($0)" },
        listed("", "\n", "\n") { "k\($0): v" }, listed("[", ",", "]") { "\($0)" },
        listed("select 1 where ", " or ", "") { "1 = \($0)" }, listed("", " + ", "") { "k\($0)" },
    ]

    private static func shapes(of target: FuzzTarget) throws -> [Shape] {
        let letters = [UInt8(ascii: "0"), UInt8(ascii: "a")]
        let marks = (UInt8(0x20)...0x7E).filter { byte in
            !(0x30...0x39).contains(byte) && !(0x61...0x7A).contains(byte | 0x20)
        }
        let binary: [UInt8] = [0x00, 0x0A, 0x12, 0x80, 0xFF]
        var shapes = (letters + marks + binary).map { repeated([$0]) }
        let pieces = ["'\"", "\\\"", "a,", "a.", "- ", "-- \n", "/*", "a=b;", "%41", "1e9", "\u{E9}", "a: &a *a\n"]
        for text in target.words + pieces { shapes.append(repeated(Array("\(text) ".utf8))) }
        for seed in try target.seeds() where !seed.isEmpty { shapes.append(repeated(seed)) }
        let brackets = [("(", ")"), ("[", "]"), ("{", "}"), ("{\"a\":", "}"), ("f(", ")"), ("not ", ""), ("-(", ")")]
        for (open, close) in brackets { shapes.append(nested(open, close)) }
        return shapes + lists
    }

    private static func time(_ target: FuzzTarget, _ shape: Shape, _ size: Int, runs: Int) -> Duration {
        let bytes = shape.bytes(size)
        return (0..<runs).map { _ in ContinuousClock().measure { target.read(bytes) } }.min() ?? .zero
    }

    private static func isSteep(_ times: [Duration]) -> Bool {
        zip(times, times.dropFirst()).allSatisfy { $1 > least && $1 > $0 * ratioMax }
    }

    @Test(arguments: names) func timeGrowsAsTheLengthDoes(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        // What is made once for all.
        target.read([])
        for shape in try Self.shapes(of: target) {
            guard Self.isSteep(Self.sizes.prefix(2).map { Self.time(target, shape, $0, runs: 1) }) else { continue }
            let times = Self.sizes.map { Self.time(target, shape, $0, runs: 5) }
            #expect(!Self.isSteep(times), "\(name) of \(shape.name): \(times) for \(Self.sizes) bytes")
        }
    }
}
