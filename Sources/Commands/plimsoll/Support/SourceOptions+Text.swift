import Clients
import EventStores
import Platform
import Reports

extension SourceOptions {
    /// What an answer does not show, beside the answer.
    static let tellNotice: @Sendable (String) -> Void = { StandardStream.tell("plimsoll: \($0)") }

    /// A report of a directory, and beside it what a server would say in a header.
    static func telling(_ report: Report) -> Report {
        report.notices.forEach(tellNotice)
        return report
    }

    /// What the server answers at `path`, or what `local` makes of the store in the directory.
    func text(at path: String, _ local: (EventStore, Machine) throws -> String) async throws -> String {
        switch try resolve() {
        case .directory(let directory):
            let machine = Machine()
            return try machine.reading(directory, isRepeatable: true) { try local($0, machine) }
        case .server(let address):
            return try await RemoteReading(server: address, onNotice: Self.tellNotice).text(path)
        }
    }
}
