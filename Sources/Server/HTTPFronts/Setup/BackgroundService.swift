import Intakes
import ServiceLifecycle

/// Work beside the front, within its life.
struct BackgroundService: Service {
    let work: any BackgroundWork

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await work.work()
            // The front ends as soon as one of its services does: this one waits for the stop.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
        }
    }
}
