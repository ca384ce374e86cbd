import Platform
import Shipping
import Testing

/// Who may go on where several ship at one time, and what counts in the end.
@Suite struct ShipmentLedgerTests {
    private typealias Entry = ShipmentLedger.Entry

    private static func done(_ revision: Int64) -> Entry { Entry(revision: revision, isDone: true, sender: 0) }
    private static func begun(_ revision: Int64, _ sender: UInt64 = 1) -> Entry {
        Entry(revision: revision, isDone: false, sender: sender)
    }

    @Test func aNumberIsOnesOwn() {
        let alone = ShipmentLedger([Self.done(4), Self.begun(5)])
        #expect(alone.claim(5, by: 1, from: 4) == .held(void: []))
        // What began before and was not brought to its end is passed over.
        let later = ShipmentLedger([Self.done(4), Self.begun(5, 2), Self.begun(6, 2), Self.begun(7)])
        #expect(later.claim(7, by: 1, from: 4) == .held(void: [5, 6]))
    }

    @Test func whoSeesAnotherGivesWay() {
        let both = ShipmentLedger([Self.done(4), Self.begun(5), Self.begun(5, 2)])
        #expect(both.claim(5, by: 1, from: 4) == .taken(above: 5))
        let above = ShipmentLedger([Self.done(4), Self.begun(5), Self.begun(6, 2)])
        #expect(above.claim(5, by: 1, from: 4) == .taken(above: 6))
    }

    @Test func whatSomebodyElseBroughtIsSeen() {
        #expect(ShipmentLedger([Self.done(4), Self.begun(6), Self.done(5)]).claim(6, by: 1, from: 4) == .moved)
        // Somebody has taken the shipment away that it began at.
        #expect(ShipmentLedger([Self.begun(5)]).claim(5, by: 1, from: 4) == .moved)
        #expect(ShipmentLedger([Self.done(4)]).isLast(4) && !ShipmentLedger([Self.done(4), Self.done(5)]).isLast(4))
    }

    @Test func whoWroteSomethingDownIsKnown() {
        let ledger = ShipmentLedger([Self.done(4), Self.begun(4), Self.begun(5, 2), Self.done(6)])
        #expect(ledger.others(than: 4) == [5, 6] && ledger.others(than: 6) == [])
    }

    /// Rows that nobody wrote down are looked for, but not where all is as it was left.
    @Test func aDatabaseThatWasPutBackIsKnown() {
        let upkeep = ClickHouseUpkeep(after: 2)
        #expect(!upkeep.isAsLeft(last: 4, highest: 4))
        upkeep.leave(last: 4, highest: 5)
        #expect(upkeep.isAsLeft(last: 4, highest: 5) && upkeep.isAsLeft(last: 4, highest: 9))
        #expect(!upkeep.isAsLeft(last: 3, highest: 9) && !upkeep.isAsLeft(last: 5, highest: 9))
        // The shipment is there, but not what was begun after it.
        upkeep.claim(7)
        #expect(!upkeep.isAsLeft(last: 4, highest: 6) && upkeep.isAsLeft(last: 4, highest: 7))
    }

    /// A table of shipments and what they brought, as a server without transactions has it.
    private struct House {
        struct Row {
            var revision: Int64
            var isDone: Bool
            var sender: UInt64
            var previous: Int64
            var void: [Int64]
            /// The shipment adds one to the count that it began at.
            var count: Int
        }

        var rows = [Row(revision: 1, isDone: true, sender: 0, previous: 0, void: [], count: 0)]
        /// Revision and the value that it says to add to, as rows of data.
        var facts: [(revision: Int64, number: Int)] = []

        var last: Row { rows.filter(\.isDone).max { $0.revision < $1.revision }! }

        var ledger: ShipmentLedger {
            ShipmentLedger(rows.map { Entry(revision: $0.revision, isDone: $0.isDone, sender: $0.sender) })
        }

        /// What views show: each number that was shipped, as often as it counts.
        var shown: [Int] {
            let void = last.void
            return facts.filter { $0.revision <= last.revision && !void.contains($0.revision) }.map(\.number).sorted()
        }
    }

    /// One that ships the number behind those that are there, in steps that others come between.
    private struct Sender {
        var number: UInt64
        var began: House.Row?
        var revision: Int64 = 0
        var void: [Int64] = []
        var stage = 0

        mutating func step(_ house: inout House, _ generator: inout SeededGenerator) {
            // The process ends at any moment, and another one begins.
            if generator.oneIn(60) {
                (stage, number) = (0, number + 1000)
                return
            }
            switch stage {
            case 0:
                began = house.last
                revision = (house.rows.map(\.revision).max() ?? 0) + 1
                stage = 1
            case 1:
                house.rows.append(
                    House.Row(
                        revision: revision, isDone: false, sender: number, previous: 0, void: [], count: 0))
                stage = 2
            case 2:
                switch house.ledger.claim(revision, by: number, from: began!.revision) {
                case .held(let void): (self.void, stage) = (began!.void + void, 3)
                case .taken(let above): (revision, stage) = (above + 1, 1)
                case .moved: stage = 0
                }
            case 3:
                house.facts.append((revision, began!.count + 1))
                stage = 4
            case 4: stage = house.ledger.isLast(began!.revision) ? 5 : 0
            default:
                house.rows.append(
                    House.Row(
                        revision: revision, isDone: true, sender: number, previous: began!.revision, void: void,
                        count: began!.count + 1))
                stage = 0
            }
        }
    }

    /// However steps of three senders lie between each other: what is shown are the numbers from one on, each once.
    @Test(arguments: 1...300) func eachNumberCountsOnce(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var house = House()
        var senders = (1...3).map { Sender(number: UInt64($0)) }
        for _ in 0..<400 {
            senders[generator.next(below: 3)].step(&house, &generator)
            #expect(house.shown == (0..<house.last.count).map { $0 + 1 }, "seed \(seed)")
        }
        #expect(house.last.count > 1, "seed \(seed)")
    }
}
