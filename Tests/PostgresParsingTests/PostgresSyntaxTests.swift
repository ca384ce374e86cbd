import Dispatch
import PostgresParsing
import Testing

@Suite struct PostgresSyntaxTests {
    @Test func givesATree() throws {
        let tree = try PostgresSyntax.parse("select 1 + a from t")
        #expect(tree.hasPrefix(#"{"version":15"#))
        #expect(tree.contains(#""relname":"t""#))
    }

    @Test func namesThePosition() {
        #expect(throws: PostgresSyntaxError(message: #"syntax error at or near "t""#, position: 14)) {
            try PostgresSyntax.parse("select a frm t where")
        }
        // Characters, not bytes.
        #expect(throws: PostgresSyntaxError(message: #"syntax error at or near "t""#, position: 17)) {
            try PostgresSyntax.parse("select 'äö' frm t x y")
        }
        #expect(throws: PostgresSyntaxError.self) { try PostgresSyntax.parse("select \0 1") }
        #expect(throws: PostgresSyntaxError.self) { try PostgresSyntax.parse("select 'open") }
    }

    @Test func emptyTextIsNoStatement() throws {
        #expect(try PostgresSyntax.parse(" ; ").contains(#""stmts":[]"#))
    }

    @Test func longAndDeepTextsAreAnswered() {
        for text in [
            "select " + String(repeating: "(", count: 100_000), "select 1" + String(repeating: "+1", count: 120_000),
            "select " + String(repeating: "not ", count: 60_000) + "true",
            "select " + String(repeating: "- ", count: 120_000) + "1",
            "select " + String(repeating: "case when true then ", count: 12_000),
            "select a" + String(repeating: "[1]", count: 80_000), String(repeating: "x", count: 300_000),
        ] {
            do { #expect(try !PostgresSyntax.parse(text).isEmpty) } catch { #expect(!error.message.isEmpty) }
        }
    }

    @Test func threadsDoNotDisturbEachOther() {
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            let good = try? PostgresSyntax.parse("select \(index) from t\(index)")
            #expect(good?.contains("\"t\(index)\"") == true)
            #expect((try? PostgresSyntax.parse("select \(index) from from")) == nil)
        }
    }
}
