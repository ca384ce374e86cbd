/// One reader of bytes that others wrote, tried with any bytes at all.
///
/// What holds for each: it never traps, its memory and time are bounded by the input's length, and it says no in the
/// errors that its callers expect. What a target promises beyond that, it says.
package struct FuzzTarget: Sendable {
    /// The folder of its inputs is called so.
    package let name: String
    /// What has to hold of an input that is taken, in a few words.
    package let promise: String
    /// Longer inputs are not tried.
    package let bytesMax: Int
    /// Inputs to begin with, made by what writes the form, from fixed values.
    package let seeds: @Sendable () throws -> [[UInt8]]
    /// Words of the form that chance does not spell; empty for forms that have none.
    package var words: [String] { FuzzWords.of(name) }
    private let body: @Sendable ([UInt8]) throws -> Void

    init(
        _ name: String, _ promise: String, bytesMax: Int = 4_096, seeds: @escaping @Sendable () throws -> [[UInt8]],
        body: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        (self.name, self.promise, self.bytesMax) = (name, promise, bytesMax)
        (self.seeds, self.body) = (seeds, body)
    }

    /// Texts as seeds.
    init(
        _ name: String, _ promise: String, bytesMax: Int = 4_096, texts: [String],
        body: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.init(name, promise, bytesMax: bytesMax, seeds: { texts.map { Array($0.utf8) } }, body: body)
    }

    /// Tries one input.
    /// - Returns: what did not hold; nil where all did, whether the input is taken or refused.
    package func finding(in bytes: [UInt8]) -> FuzzFinding? {
        guard bytes.count <= bytesMax else { return nil }
        do {
            try body(bytes)
            return nil
        } catch let finding as FuzzFinding {
            return finding
        } catch {
            return FuzzFinding("an error that callers do not expect: \(error)")
        }
    }

    /// Tries one input of any length: what holds of long ones, but for the time that they take, others say.
    package func read(_ bytes: [UInt8]) { _ = try? body(bytes) }

    /// All of them, in the order of their names.
    package static let all: [FuzzTarget] = [
        events, traces, files, states, pages, texts, documents, bodies, requests, questions,
    ].flatMap { $0 }.sorted { $0.name < $1.name }
}

/// What does not hold of an input.
package struct FuzzFinding: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// - Throws: ``FuzzFinding`` where a condition does not hold.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(FuzzFinding) {
    if !holds { throw FuzzFinding(what()) }
}
