import Clients
import EventStores

extension SourceOptions {
    /// What the server answers at `path`, or what `local` makes of the store in the directory.
    func text(at path: String, _ local: (EventStore, Machine) throws -> String) async throws -> String {
        switch try resolve() {
        case .directory(let directory):
            let machine = Machine()
            return try machine.reading(directory) { try local($0, machine) }
        case .server(let address): return try await RemoteReading(server: address).text(path)
        }
    }
}
