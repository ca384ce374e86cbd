import Platform
import PromQLText
import Testing

@Suite struct RandomExpressionTests {
    /// Written in any way, an expression is read again as the same tree, whatever the spaces were.
    @Test(arguments: 0..<8) func roundTrip(_ seed: UInt64) throws {
        var generator = ExpressionGenerator(seed: seed)
        for _ in 0..<250 {
            let words = generator.expression(generator.random.next(below: 6))
            let plain = words.joined(separator: " ")
            let expression = try Reading.expression(plain, .all)
            #expect(try Reading.expression(generator.spaced(words), .all) == expression, "\(plain)")
            let written = expression.description
            #expect(try Reading.expression(written, .all) == expression, "\(plain)\n\(written)")
            #expect(try Reading.expression(expression.formatted, .all) == expression, "\(plain)")
            #expect(try Reading.expression(written, .all).description == written, "\(plain)")
        }
    }

    /// Bytes changed at random give an expression or an error with a place in the text.
    @Test(arguments: 0..<8) func changedBytes(_ seed: UInt64) {
        var generator = ExpressionGenerator(seed: seed &+ 100)
        for _ in 0..<400 {
            var text = Array(generator.spaced(generator.expression(4)).utf8)
            for _ in 0...generator.random.next(below: 4) where !text.isEmpty {
                let place = generator.random.next(below: text.count)
                switch generator.random.next(below: 4) {
                case 0: text.remove(at: place)
                case 1: text[place] = UInt8(truncatingIfNeeded: generator.random.next())
                case 2: text.insert(generator.pick(Array("(){}[]\"'`\\,:@+-*^=!~<>#0x_eE.mshdwy".utf8)), at: place)
                default: text.removeSubrange(place...)
                }
            }
            do throws(PromQLError) {
                let expression = try PromQLExpression(text, features: .all)
                let again = try PromQLExpression(Array(expression.description.utf8), features: .all)
                // Durations below a ms are not written.
                #expect(again.description == expression.description)
            } catch {
                #expect(!error.faults.isEmpty)
                #expect(error.faults.allSatisfy { $0.range.upperBound <= text.count && !$0.message.isEmpty })
            }
        }
    }
}
