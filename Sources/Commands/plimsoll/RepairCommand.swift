import ArgumentParser
import EventStores
import Platform

struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Write damaged files anew where something else knows what they held.",
        discussion: """
            Says of everything that `plimsoll verify` finds damaged in a data directory what becomes of it, and does \
            it, on a directory that none serves: a file that is kept twice is written from the other one, a segment in \
            which single bits have turned from its own checksums and the SHA-256 that the manifest names, anything \
            from a backup that --from names, from whenever, if it is what was written. What counts for nothing goes \
            into DIR/set-aside. --dry-run says the same and changes nothing; the directory may be served meanwhile.

            What nothing else knows is lost only with --accept-loss, after it was said: the log from its first damaged \
            place on, as with `plimsoll set-aside`, and segments without which the store does not start. A segment \
            that is damaged in some pages alone is given up only where --segment names it. Copies are kept in \
            DIR/set-aside, the log tells of it, and from then on every answer says that it is not exact.

            Exit status 0 when nothing is damaged any more, 1 when something is, and can be repaired by what is told, \
            4 when something stays damaged, 5 when the disk failed or somebody serves the directory. Whoever is \
            interrupted runs it again.
            """)

    @OptionGroup var data: DataOptions

    @Option(
        help: ArgumentHelp(
            "A copy of the same data directory, from whenever, or a place where `plimsoll backup` keeps backups.",
            valueName: "backup"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            "A segment to give up, with --accept-loss, though the store starts with it.", valueName: "name"))
    var segment: [String] = []

    @Flag(help: "Say what becomes of what is damaged, and change nothing.")
    var dryRun = false

    @Flag(help: "Go on without what nothing else knows: what is told to be lost is lost.")
    var acceptLoss = false

    func run() throws {
        let machine = Machine()
        try machine.checkExists(data.directory, asksServers: false)
        if let from, try !machine.holdsBackups(from) { try machine.checkExists(from, asksServers: false) }
        let names = Set(segment)
        let told = try EventStore.repairPlan(
            at: data.directory, context: machine.context, from: from, givingUp: names)
        try show(told)
        guard !told.steps.isEmpty else { return try StandardStream.output.print("nothing is damaged") }
        if dryRun { return try end(told, isDone: false) }
        let done = try EventStore.repair(
            at: data.directory, context: machine.context, from: from, givingUp: names, acceptsLoss: acceptLoss)
        for directory in done.setAside { try StandardStream.output.print("set aside: \(directory)") }
        try end(done, isDone: true)
    }

    /// Before anything is done: what is lost is told while it is there.
    private func show(_ plan: RepairPlan) throws {
        let output = StandardStream.output
        for step in plan.steps {
            try output.print(step.damage)
            switch step.remedy {
            case .rewritten(let source): try output.print("  is written anew from \(source)")
            case .movedAway: try output.print("  goes into \(data.directory)/set-aside")
            case .harmless(let reason): try output.print("  nothing is to be done: \(reason)")
            case .kept(let advice): try output.print("  stays as it is: \(advice)")
            case .lost(let lines):
                try output.print(acceptLoss && !dryRun ? "  lost:" : "  would be lost with --accept-loss:")
                for line in lines { try output.print("    \(line)") }
            }
        }
    }

    private func end(_ plan: RepairPlan, isDone: Bool) throws {
        let waits = plan.wantsLoss && !(isDone && acceptLoss)
        if plan.keepsDamage {
            throw CommandFailure(
                .damagedData, isDone ? "some files stay damaged" : "nothing was changed; some files would stay damaged",
                advice: "what is to be done about each is told above; the runbook PlimsollDown says more")
        }
        if waits {
            throw CommandFailure(
                .checkFailed, isDone ? "what nothing else knows is as it was" : "nothing was changed",
                advice: "put the files back from a backup (--from); without one --accept-loss goes on without what is "
                    + "told, and keeps copies in \(data.directory)/set-aside")
        }
        if !isDone, plan.repairsSomething {
            throw CommandFailure(
                .checkFailed, "nothing was changed", advice: "without --dry-run it is done, and nothing is lost")
        }
    }
}
