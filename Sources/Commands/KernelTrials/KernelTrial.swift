/// A kernel, data for it that are the same on every machine, and what has to come out, computed the plain way.
package struct KernelTrial: Sendable {
    /// What thresholds know it by.
    package let name: String
    /// What one call does.
    package let summary: String
    /// How many rows one call takes in.
    package let rows: Int
    private let work: @Sendable (_ repeats: Int) throws -> (found: Digest?, wanted: Digest)

    /// - Parameter prepared: makes the data; what that takes is the same for every number of calls.
    init<Result>(
        _ name: String, _ summary: String, rows: Int, prepared: @escaping @Sendable () throws -> Preparation<Result>
    ) {
        (self.name, self.summary, self.rows) = (name, summary, rows)
        work = { repeats in
            let preparation = try prepared()
            var last: Result?
            for _ in 0..<repeats { last = try preparation.compute() }
            return (last.map(preparation.digest), preparation.wanted)
        }
    }

    /// Makes the data and calls the kernel again and again. The last result is looked at; so the calls of one run are
    /// what a run of more calls takes beyond it, apart from the first, which also prepares what is prepared once.
    /// - Parameter repeats: how many calls; of none nothing is looked at.
    /// - Returns: the checksum of the result, or of what it ought to be where there was no call.
    /// - Throws: ``KernelTrialError`` where the result is not the plain one; what the kernel throws.
    package func run(repeats: Int) throws -> UInt64 {
        let (found, wanted) = try work(repeats)
        if let found, found != wanted {
            throw KernelTrialError(name: name, found: found.value, wanted: wanted.value)
        }
        return wanted.value
    }
}

/// A kernel with its data.
struct Preparation<Result> {
    /// Calls the kernel once.
    var compute: () throws -> Result
    /// What is compared of a result.
    var digest: (Result) -> Digest
    /// The digest of the right one.
    var wanted: Digest
}

/// A kernel's result is not what the plain way gives.
struct KernelTrialError: Error, CustomStringConvertible {
    let name: String
    let found, wanted: UInt64

    /// The whole sentence.
    var description: String {
        "\(name) gave \(hexadecimal(found)), but the plain way gives \(hexadecimal(wanted))"
    }

    private func hexadecimal(_ value: UInt64) -> String { String(value, radix: 16) }
}
