import EventStores
import Intakes
import Platform

/// Reads all files of the store once more, slowly, for as long as the server runs: a piece, then a pause as long as the
/// share of the disk wants it that this may have, and none while somebody waits for events or answers.
struct ScrubWatch: BackgroundWork {
    let scrubber: StoreScrubber
    let health: ServerHealth
    /// Whether somebody waits for the disk or a processor.
    let isBusy: @Sendable () -> Bool

    /// A start has more urgent things to do.
    private static let firstPause = Duration.seconds(60)
    /// A server that is always busy reads a piece in so many seconds all the same.
    private static let busySecondsMax = 60

    func begin() async {
        health.scrub.begin()
        try? await Task.sleep(for: Self.firstPause)
    }

    func step() async throws {
        var seconds = 0
        while seconds < Self.busySecondsMax, isBusy() {
            try await Task.sleep(for: .seconds(1))
            seconds += 1
        }
        try Task.checkCancellation()
        let step = try await onOwnThread { [scrubber] () throws -> StoreScrubber.Step in try scrubber.step() }
        health.scrub.note(bytes: step.bytes, found: step.found, isEnd: step.isEnd)
        for error in step.found { health.damage.met(error, by: "reading all files once more") }
        let pause = ScrubPace.pause(after: step.bytes, isEnd: step.isEnd, passBytes: scrubber.passBytes)
        try await Task.sleep(for: .nanoseconds(pause))
    }

    /// The machine is short of something, or the wait was ended: the next piece follows.
    func failed(_ error: any Error) async { try? await Task.sleep(for: .seconds(10)) }
}
