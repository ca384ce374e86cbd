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

    /// The lexer's time would grow with the square of these: minutes at the longest.
    @Test(
        arguments: [
            ("select 1 ", "+-", 10), ("select 1 ", "/*", 12), ("select 1 ", "/**/", 14),
            ("select 'ä', 1 ", "*-/*", 15),
            ("select E'\\'' ", "+-", 14), ("select $a$ ' $a$ ", "~!", 18), ("-- '\nselect 1 ", "=-", 15),
            ("/* ' /* */ ' */ select 1 ", "<>", 26), ("select \"'\" ", "|+", 12), ("select a$b$c ", "^+", 14),
            ("select E'a' --\n'\\'' ", "`?", 21),
        ])
    func longRunsOfOperatorCharacters(_ start: String, _ part: String, _ position: Int) {
        for count in [400, 100_000 / part.utf8.count] {
            let text = start + String(repeating: part, count: count)
            do {
                _ = try PostgresSyntax.parse(text)
                Issue.record("\(start) was read")
            } catch {
                #expect(error.isTooComplex, "\(start)\(part): \(error)")
                #expect(error.position == position, "\(start)\(part)")
            }
        }
    }

    /// Rulers of comments and what stands in quotes are no operators, however long.
    @Test func longRunsElsewhere() throws {
        let stars = String(repeating: "*", count: 5_000)
        let mixed = String(repeating: "+-/*", count: 5_000)
        for text in [
            "/\(stars)/ select 1", "/\(stars)\n * ruler\n \(stars)/ select 1", "select 1 -- \(mixed)",
            "--\(mixed)\nselect 1", "select '\(mixed)'", "select E'\\'\(mixed)'", "select \"\(mixed)\"",
            "select $$\(mixed)$$", "select $a$ $b$ \(mixed)$a$", "select E'a'\n'\\'\(mixed)'",
            "select 1 \(String(repeating: "+ ", count: 200)) 1", "select 'a''\(mixed)'",
            "/*\(String(repeating: "-", count: 5_000))*/ select 1",
        ] {
            #expect(throws: Never.self) { _ = try PostgresSyntax.parse(text) }
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
