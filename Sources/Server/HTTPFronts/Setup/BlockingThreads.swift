import Platform

/// The server's own threads for work that blocks or computes: the tasks that serve connections never do either.
struct BlockingThreads: Sendable {
    /// How many threads there are of each kind.
    struct Sizes: Sendable {
        /// At least one.
        var decoders: Int
        /// At least one.
        var queries: Int
        /// Destinations of traces and of alerts.
        var senders: Int

        fileprivate func threads(of kind: Kind) -> Int {
            switch kind {
            case .writer, .access, .scrapes, .figures, .status, .settler, .rules: 1
            case .decoders: max(1, decoders)
            case .queries: max(1, queries)
            // Pieces are short, and beside questions there shall be little.
            case .answers: max(1, queries / 2)
            }
        }

        /// All together; as many as there are numbers, where they are more.
        var total: Int {
            Kind.allCases.reduce(max(0, senders)) { sum, kind in
                let (total, isMore) = sum.addingReportingOverflow(threads(of: kind))
                return isMore ? .max : total
            }
        }
    }

    /// Pools, in the order in which they are stopped.
    fileprivate enum Kind: Int, CaseIterable {
        case rules, settler, access, scrapes, figures, status, decoders, queries, answers, writer
    }

    private let pools: [ThreadPool]
    /// Send traces, then alerts: one thread for each destination.
    let senders: [ThreadPool]

    /// Starts the threads.
    init(_ sizes: Sizes) {
        // Questions take what is left, as do threads that work beside others (`ThreadWorkers`): events are taken in,
        // sealed and told to whoever scrapes while they are answered.
        pools = Kind.allCases.map { kind in
            ThreadPool(
                threadCount: sizes.threads(of: kind), yieldsToOthers: kind == .queries || kind == .answers)
        }
        senders = (0..<max(0, sizes.senders)).map { _ in ThreadPool(threadCount: 1) }
    }

    /// Exactly one: all that changes the store runs here, in turn.
    var writer: ThreadPool { pools[Kind.writer.rawValue] }
    /// Decompress, parse, check.
    var decoders: ThreadPool { pools[Kind.decoders.rawValue] }
    /// Answer queries.
    var queries: ThreadPool { pools[Kind.queries.rawValue] }
    /// Make what goes out piece by piece: exports, and the rest of long answers. Whoever fetches one does not wait for
    /// questions that take their time.
    var answers: ThreadPool { pools[Kind.answers.rawValue] }
    /// Exactly one: reads the tokens, which every request may need.
    var access: ThreadPool { pools[Kind.access.rawValue] }
    /// Exactly one: counts what `/metrics` tells of the last minutes.
    var scrapes: ThreadPool { pools[Kind.scrapes.rawValue] }
    /// Exactly one: asks the store and the system for the numbers of `/metrics` and `/v1/status`, and waits for no
    /// question.
    var figures: ThreadPool { pools[Kind.figures.rawValue] }
    /// Exactly one: answers what the server is asked of itself.
    var status: ThreadPool { pools[Kind.status.rawValue] }
    /// Exactly one: evaluates alert rules.
    var rules: ThreadPool { pools[Kind.rules.rawValue] }
    /// Exactly one: works out what traces come to.
    var settler: ThreadPool { pools[Kind.settler.rawValue] }

    /// Ends the threads once what they were given is done.
    func stop() async {
        for pool in senders + pools { await pool.stop() }
    }
}
