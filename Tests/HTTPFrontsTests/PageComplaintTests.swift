import Foundation
import Testing

/// What pages are held against has somebody who looks.
@Suite struct PageComplaintTests {
    /// The text of a suite's file, in whichever folder of tests that is.
    private static func suite(_ name: String) throws -> String? {
        let tests = RepositoryFolder.root.appending(path: "Tests")
        for folder in ["HTTPFrontsTests", "ReportsTests", "DashboardingTests"] {
            let file = tests.appending(path: folder).appending(path: name + ".swift")
            guard let data = FileManager.default.contents(atPath: file.path) else { continue }
            return String(decoding: data, as: UTF8.self)
        }
        return nil
    }

    @Test func everyoneWhoIsNamedLooks() throws {
        let pages = RepositoryFolder.root.appending(path: "Tests/Outside/outside/pages")
        let text = String(decoding: try Data(contentsOf: pages.appending(path: "README.md")), as: UTF8.self)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        #expect(rows.count > 35)
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(cells.count == 3, "\(row)")
            let names = (cells.last ?? "").matches(of: /`(\w+)\.(\w+)`/)
            #expect(!names.isEmpty, "\(row)")
            for name in names {
                let (place, test) = (String(name.1), String(name.2))
                let isSuite = place.first?.isUppercase == true
                let found =
                    isSuite
                    ? try Self.suite(place)
                    : String(decoding: try Data(contentsOf: pages.appending(path: place + ".py")), as: UTF8.self)
                let wanted = isSuite ? "func \(test)(" : "\ndef \(test)("
                #expect(found?.contains(wanted) == true, "\(place).\(test)")
            }
        }
    }
}
