import Exporting
import HummingbirdCore
import NIOCore
import OperatorLogs
import Platform
import Synchronization

/// Lets connections in at one address as long as ``ConnectionCeiling`` has places, one after the other. Stands before
/// all others in the channel that listens, and keeps from them that a connection could not be taken: they would listen
/// no more.
final class ConnectionGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    /// An inbound event: the place that was waited for is there.
    private struct PlaceGiven: Sendable {}

    /// How long nobody is let in after the machine had nothing left to do it with: asking at once would ask for ever.
    private static let pause = TimeAmount.milliseconds(200)

    private let ceiling: ConnectionCeiling
    private let address: Int
    private let refusals: RefusalCounts
    private let told: GateLog

    /// - Parameters:
    ///   - address: its number among those of the ceiling.
    ///   - refusals: counts connections that ended before they were taken.
    init(_ ceiling: ConnectionCeiling, address: Int, refusals: RefusalCounts, log: PacedLog) {
        (self.ceiling, self.address, self.refusals, told) = (ceiling, address, refusals, GateLog(log: log))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // A place is for one connection. Only a channel that is closed already has no options.
        try? context.channel.syncOptions?.setOption(ChannelOptions.maxMessagesPerRead, value: 1)
    }

    func read(context: ChannelHandlerContext) {
        let pipeline = context.pipeline
        let answer = ceiling.takePlace(address) { pipeline.fireUserInboundEventTriggered(PlaceGiven()) }
        switch answer {
        case .given: context.read()
        case .waits: told.isFull(ceiling.sample)
        case .waitsStill: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Another wish may have used it already.
        if event is PlaceGiven { read(context: context) } else { context.fireUserInboundEventTriggered(event) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        ceiling.connectionBegan(address)
        unwrapInboundIn(data).closeFuture.whenComplete { [ceiling] _ in ceiling.connectionEnded() }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, let kind = AcceptFailure(code: error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        switch kind {
        case .gone: refusals.add(.aborted, from: nil)
        case .scarcity:
            told.isShort(error)
            pauseReading(of: context.channel)
        }
    }

    private func pauseReading(of channel: any Channel) {
        try? channel.syncOptions?.setOption(ChannelOptions.autoRead, value: false)
        channel.eventLoop.scheduleTask(in: Self.pause) {
            try? channel.syncOptions?.setOption(ChannelOptions.autoRead, value: true)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        ceiling.leave(address)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { ceiling.leave(address) }
}

/// What those who run the server learn of a gate.
private struct GateLog: Sendable {
    let log: PacedLog

    func isFull(_ sample: ConnectionSample) {
        log.say(
            .warning, "as many connections are open as may be: others wait until one ends", reason: "connections_full",
            [
                LogField(.count, sample.open),
                LogField(.advice, "the setting limits.connections, up to what the limit on open files allows"),
            ])
    }

    func isShort(_ error: IOError) {
        log.say(
            .error, "a connection could not be taken, and waits", reason: "connection_not_taken",
            [LogField(.error, "\(error)"), LogField(.advice, "the machine is short of open files or memory")])
    }
}

/// Connections wait until the gate of their address stands. Made for one address.
final class GateKeeper: AvailableConnectionsDelegate {
    private let isReady = Atomic<Bool>(false)

    func connectionOpened() {}
    func connectionClosed() {}
    func isAcceptingNewConnections() -> Bool { isReady.load(ordering: .acquiring) }

    /// Puts the gate before all that stands in the channel, and lets connections in.
    func open(_ channel: any Channel, _ gate: @escaping @Sendable () -> ConnectionGate) async {
        // It fails where the channel is closed again: a stop came first.
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(gate(), position: .first)
            self.isReady.store(true, ordering: .releasing)
            channel.pipeline.syncOperations.read()
        }.get()
    }
}
