import Alerting
import Domain
import Foundation
import Testing

/// Runbooks for a browser: one for each alert and none besides, with all that the files say and nothing that runs.
@Suite struct RunbookPageTests {
    private static let sets = [ObjectiveSet.builtIn, ObjectiveFileTests.other]

    @Test(arguments: sets) func everyAlertHasItsPageAndNoPageIsOfNoAlert(_ set: ObjectiveSet) throws {
        let pages = RunbookPages(set)
        let rules = try ObjectiveFiles.rules.files(set, runbooks: "https://ops.example/r").flatMap {
            try RuleFile.rules(in: String(decoding: $0.bytes, as: UTF8.self), file: $0.name)
        }.filter(\.isAlert)
        let names = rules.map(\.name) + AlertTests.ofDocuments
        #expect(Set(pages.names) == Set(names) && pages.names.count == names.count)
        for rule in rules {
            #expect(rule.annotations["runbook_url"] == "https://ops.example/r/\(rule.name)")
            #expect(try #require(pages.page(rule.name)).content.hasPrefix("<h1>\(rule.name)</h1>\n"))
        }
        let index = try #require(pages.index).content
        let links = index.matches(of: /href="\/runbooks\/([^"]*)"/).map { String($0.1) }
        #expect(links.sorted() == pages.names.sorted())
        #expect(pages.page("README") == nil && pages.page("") == nil && pages.page("../README") == nil)
    }

    /// Every word of a file stands in its page, every command as it is to be pasted.
    @Test(arguments: sets) func nothingOfAFileIsLost(_ set: ObjectiveSet) throws {
        let pages = RunbookPages(set)
        for file in ObjectiveFiles.runbooks.files(set) where file.name != "README.md" {
            let page = try #require(pages.page(String(file.name.dropLast(3)))).content
            let shown = page.replacing(/<[^>]*>/, with: " ").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
            let words = { (text: String) in
                text.split { " \n`#|-".contains($0) }.filter { $0.contains { $0.isLetter || $0.isNumber } }
            }
            let written = String(decoding: file.bytes, as: UTF8.self)
            #expect(words(shown) == words(written), "\(file.name)")
            for line in written.split(separator: "\n") where line.hasPrefix("    ") {
                #expect(shown.contains(line.dropFirst(4)), "\(file.name): \(line)")
            }
        }
    }

    /// Commands and ports are those of the server whose page it is; where nobody knows it they are as files have them.
    @Test func commandsAskTheServerWhosePageItIs() throws {
        let (address, usual) = ("http://127.0.0.1:4711", RunbookPages(.builtIn))
        let pages = RunbookPages(.builtIn, at: address)
        #expect(pages.names == usual.names)
        for page in pages.names.compactMap(pages.page) + [try #require(pages.index)] {
            #expect(!page.content.contains("8910") && !page.content.contains("$PLIMSOLL_SERVER"), "\(page.title)")
        }
        #expect(try #require(pages.page("PlimsollDown")).content.contains("curl -sS \(address)/readyz"))
        #expect(try #require(pages.page("PlimsollConnectionsFull")).content.contains("sport = :4711"))
        #expect(try #require(pages.index).content.contains("export PLIMSOLL_SERVER=\(address)"))
        #expect(try #require(usual.page("PlimsollConnectionsFull")).content.contains("sport = :8910"))
        let named = RunbookPages(.builtIn, at: "http://plimsoll.example")
        #expect(try #require(named.page("PlimsollDown")).content.contains("curl -sS http://plimsoll.example/readyz"))
    }

    /// An amount with the digits of the usual port stays what it is.
    @Test func anAmountIsNoPort() throws {
        var set = ObjectiveFileTests.other
        let place = try #require(set.objectives.firstIndex { $0.measure == .costPerAnswer })
        set.objectives[place] = Objective(
            .costPerAnswer, target: .costPerAnswer(picoUSD: 11_000_000_000),
            alertLimit: .costPerAnswer(picoUSD: 8_910_000_000_000_000))
        for server in [nil, "http://127.0.0.1:4711"] {
            let page = try #require(RunbookPages(set, at: server).page("SupportCostPerAnswerHigh"))
            #expect(page.content.contains("more than $8910 on average"), "\(server ?? "")")
        }
    }

    /// Markup is closed in the order in which it was opened, and none of it runs, styles or loads anything.
    @Test(arguments: sets) func markupIsSoundAndRunsNothing(_ set: ObjectiveSet) throws {
        let pages = RunbookPages(set)
        let known = ["h1", "h2", "p", "ul", "li", "table", "tr", "th", "td", "pre", "code", "a"]
        for page in pages.names.compactMap(pages.page) + [pages.index].compactMap(\.self) {
            var open: [String] = []
            for tag in page.content.matches(of: /<(\/?)([a-z0-9]+)([^>]*)>/) {
                let name = String(tag.2)
                #expect(known.contains(name), "\(page.title): \(tag.0)")
                #expect(tag.3.isEmpty || tag.0.hasPrefix("<a href=\"/runbooks/"), "\(page.title): \(tag.0)")
                if tag.1.isEmpty {
                    open.append(name)
                } else {
                    #expect(open.popLast() == name, "\(page.title): \(tag.0)")
                }
            }
            #expect(open.isEmpty, "\(page.title)")
        }
    }
}
