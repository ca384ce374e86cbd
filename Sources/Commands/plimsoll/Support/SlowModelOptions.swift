import ArgumentParser
import Bytes
import Workload

/// When a model of simulated traffic is slow and failing, so that alerts have something to tell.
struct SlowModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "From when on a model is slow and failing in live traffic: \(TimeArgument.forms).", valueName: "time"))
    var slowFrom: String?

    @Option(help: ArgumentHelp("Until when it is, written likewise; default: five minutes later.", valueName: "time"))
    var slowTo: String?

    @Option(help: ArgumentHelp("Which model; all for every one.", valueName: "model"))
    var slowModel = "llama-3.1-8b-instruct"

    func validate() throws {
        guard slowTo == nil || slowFrom != nil else { throw ValidationError("--slow-to needs --slow-from") }
    }

    /// The bad stretch, or none.
    func badHours() throws -> [BadHour] {
        guard let slowFrom else { return [] }
        let period = try TimeArgument.range(from: slowFrom, to: slowTo, options: ("--slow-from", "--slow-to"))
        let (whole, isBeyond) = period.upperBound.subtractingReportingOverflow(period.lowerBound)
        let duration = slowTo == nil ? 5 * Nanoseconds.minute : whole
        guard slowTo == nil || !isBeyond, !period.lowerBound.addingReportingOverflow(duration).overflow else {
            throw CommandFailure(.badInput, "--slow-from and --slow-to are further apart than times reach")
        }
        return [
            BadHour(
                start: period.lowerBound, durationNanoseconds: duration,
                model: slowModel == "all" ? nil : slowModel,
                slowdown: 8, errorRate: 0.25)
        ]
    }
}
