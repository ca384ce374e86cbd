import Foundation
import Platform
import PromQLText
import Testing

/// Expressions of scripts, spoilt and mixed: what is read is written so that it is read again, and what is wrong has a
/// place in the text.
@Suite struct CorpusTests {
    private static let folders: [String] = {
        let own = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/promql").path
        return [own] + (ProcessInfo.processInfo.environment["PLIMSOLL_CONFORMANCE"].map { [$0 + "/promql"] } ?? [])
    }()

    /// What scripts ask.
    private static let corpus: [[UInt8]] = folders.flatMap { folder -> [[UInt8]] in
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return files.filter { $0.hasSuffix(".test") }.flatMap { file -> [[UInt8]] in
            let bytes = FileManager.default.contents(atPath: folder + "/" + file) ?? Data()
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line -> [UInt8]? in
                let words = line.split(separator: " ")
                guard words.first?.hasPrefix("eval") == true, words.count > 1 else { return nil }
                let rest = words.dropFirst(words[1] == "range" ? 8 : 4)
                return rest.isEmpty ? nil : Array(rest.joined(separator: " ").utf8)
            }
        }
    }

    private static let signs = Array("(){}[]\"'`\\,:@+-*^=!~<>#0x_eE.mshdwy \n\u{e9}".utf8)
    private static let joints = ["+", "or", "and on()", "* ignoring(a) group_left()", "> bool", "^", "offset", "@"]

    /// An expression with one to four faults in it.
    private static func spoilt(_ random: inout SeededGenerator) -> [UInt8] {
        func pick(_ random: inout SeededGenerator) -> [UInt8] { corpus[random.next(below: corpus.count)] }
        var text = pick(&random)
        for _ in 0...random.next(below: 4) {
            let place = random.next(below: text.count + 1)
            switch random.next(below: 6) {
            case 0: if place < text.count { text.remove(at: place) }
            case 1: text.insert(signs[random.next(below: signs.count)], at: place)
            case 2: if place < text.count { text[place] = UInt8(truncatingIfNeeded: random.next()) }
            case 3:
                let other = pick(&random)
                text = Array(text[..<place]) + other[random.next(below: other.count + 1)...]
            case 4:
                let joint = joints[random.next(below: joints.count)]
                text += Array((" " + joint + " ").utf8) + pick(&random)
            default:
                let end = random.next(below: text.count + 1)
                let piece = text[min(place, end)..<max(place, end)]
                text.insert(contentsOf: Array(piece), at: max(place, end))
            }
            text = Array(text.prefix(500))
        }
        return text
    }

    @Test func thereIsSomethingToSpoil() { #expect(Self.corpus.count >= 330) }

    @Test(arguments: 0..<4) func whatIsSpoiltIsReadOrRefused(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 700)
        var read = 0
        for _ in 0..<1000 {
            let text = Self.spoilt(&random)
            let shown = String(decoding: text, as: UTF8.self)
            do throws(PromQLError) {
                let expression = try PromQLExpression(text, features: .all)
                read += 1
                let written = expression.description
                // Durations below a ms are not written, so that the text is compared and not the tree.
                for form in [written, expression.formatted] {
                    #expect(Reading.line(form, .all) == written, "\(shown)")
                }
            } catch {
                #expect(!error.faults.isEmpty, "\(shown)")
                for fault in error.faults {
                    #expect(fault.range.upperBound <= text.count && !fault.message.isEmpty, "\(shown)")
                }
            }
        }
        #expect(read > 50)
    }
}
