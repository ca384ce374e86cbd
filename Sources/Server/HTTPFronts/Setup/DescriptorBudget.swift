import EventStores

/// How the files and sockets that a process may have open are shared out: what the server opens by itself is kept back,
/// the rest is for connections. Nothing may use them up, for libraries below end the process where they find none:
/// libdispatch reads a file of `/proc` for each of its threads, again and again.
package struct DescriptorBudget: Hashable, Sendable {
    /// How many the process may have open.
    let limit: Int
    /// How many of them are not for connections.
    package let reserve: Int

    /// Fewer connections are no server.
    package static let connectionsMin = 16

    // tests: machines of all sizes.
    /// - Parameters:
    ///   - limit: files and sockets that the process may have open.
    ///   - processors: threads that serve connections, and threads that read segments.
    ///   - questions: questions that are answered at one time.
    ///   - destinations: where traces are sent.
    package init(limit: Int, processors: Int, questions: Int, destinations: Int) {
        func bounded(_ count: Int) -> Int { max(0, min(count, 1 << 20)) }
        self.limit = max(0, limit)
        reserve =
            EventStore.openFilesMax + Self.processFiles + bounded(processors) * Self.processorFiles
            + bounded(questions) + bounded(destinations) * Self.destinationFiles
    }

    /// Standard streams, what libdispatch waits with and reads, signals, sockets that listen, the files of tokens and
    /// settings, the look-up of names, the demo's client; half of them are to spare.
    private static let processFiles = 64
    /// A thread that serves connections waits with three; one that reads segments holds two files that are no longer
    /// kept.
    private static let processorFiles = 5
    /// A connection and the one that takes its place, and the look-up of a name.
    private static let destinationFiles = 8

    /// Connections that the process can have open.
    package var connectionsMax: Int { max(0, limit - reserve) }

    /// Why nothing can be served; nil where it can.
    package var objection: MachineLimitError? {
        guard connectionsMax < Self.connectionsMin else { return nil }
        return MachineLimitError(
            description: "this process may have \(limit) files and sockets open at one time; to serve takes "
                + "\(reserve + Self.connectionsMin) at least", advice: Self.advice)
    }

    /// How to have more.
    static let advice =
        "raise the hard limit on open files: LimitNOFILE= of a systemd unit, --ulimit nofile= of a container, "
        + "ulimit -Hn of a shell"
}
