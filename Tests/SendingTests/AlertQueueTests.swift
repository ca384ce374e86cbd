import AlertRules
import Bytes
import PromQLText
import Sending
import Testing

/// Who is told of alerts hears of each what is newest, and that it is over whatever happens before.
@Suite struct AlertQueueTests {
    private static let second: Int64 = 1_000_000_000

    private static func message(_ instance: String, from start: Int64, isResolved: Bool = false) -> AlertMessage {
        AlertMessage(
            labels: LabelSet([("alertname", "Slow"), ("instance", .init(instance.utf8))]), annotations: [],
            startsAt: start, endsAt: start + 60_000, isResolved: isResolved, generatorURL: "")
    }

    @Test func aNewerStateTakesThePlaceOfTheOlder() {
        var queue = AlertQueue(.alertmanager, repeatNanoseconds: 3600 * Self.second)
        let (firing, other) = (Self.message("a", from: 1), Self.message("b", from: 1))
        queue.put([firing, other], at: 0)
        let underWay = queue.next(atMost: 10)
        #expect(underWay == [firing, other])
        // While they are on their way, one of them is over.
        let over = Self.message("a", from: 1, isResolved: true)
        queue.put([over], at: 1)
        queue.finish(underWay, at: 2)
        #expect(queue.next(atMost: 10) == [over] && queue.count == 1)
        queue.finish([over], at: 3)
        #expect(queue.count == 0 && queue.next(atMost: 10).isEmpty)
    }

    @Test func aWebhookIsToldWhenItBeginsAndOnceThatItIsOver() {
        var queue = AlertQueue(.webhook, repeatNanoseconds: 3600 * Self.second)
        var told: [AlertMessage] = []
        func tell(_ message: AlertMessage, at now: Int64) {
            queue.put([message], at: now * Self.second)
            let next = queue.next(atMost: 10)
            told += next
            queue.finish(next, at: now * Self.second)
        }
        let (firing, over) = (Self.message("a", from: 1), Self.message("a", from: 1, isResolved: true))
        for now in stride(from: Int64(0), through: 3660, by: 60) { tell(firing, at: now) }
        #expect(told == [firing, firing], "at once, and after the hour")
        for now in stride(from: Int64(3720), through: 4620, by: 60) { tell(over, at: now) }
        #expect(told == [firing, firing, over])
        let again = Self.message("a", from: 5_000_000)
        tell(again, at: 5000)
        #expect(told.last == again, "the next time is another one")
    }

    @Test func whatIsOverStaysWhereThereIsNoRoom() {
        var queue = AlertQueue(.alertmanager, repeatNanoseconds: Self.second)
        let over = (0..<20).map { Self.message("over \($0)", from: 1, isResolved: true) }
        queue.put(over, at: 0)
        queue.put((0..<10_000).map { Self.message("\($0)", from: 1) }, at: 0)
        #expect(queue.count == 10_000 && queue.dropped == 20)
        #expect(queue.next(atMost: 20) == over)
    }

    @Test func aWebhookIsToldOfOneNameAtATime() {
        var queue = AlertQueue(.webhook, repeatNanoseconds: Self.second)
        let named = AlertMessage(
            labels: LabelSet([("alertname", "Dear")]), annotations: [], startsAt: 1, endsAt: 2, isResolved: false,
            generatorURL: "")
        let slow = [Self.message("a", from: 1), Self.message("b", from: 1)]
        queue.put([slow[0], named, slow[1]], at: 0)
        #expect(queue.next(atMost: 10) == slow)
        queue.finish(slow, at: 0)
        #expect(queue.next(atMost: 10) == [named])
    }
}
