import ArgumentParser
import EventStores
import Platform

struct SetAsideCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-aside",
        abstract: "Go on without the damaged end of a log that no backup has.",
        discussion: """
            Says which events would be lost if the log of a data directory ended before its first damaged place, \
            and does it only with --accept-loss, on a directory that none serves. The log's files from that place on \
            are copied into DIR/set-aside first; the log goes on with a record log.set_aside, and from then on every \
            answer says that it is not exact. The positions of what was lost are given out again. Where the beginning \
            of the log is lost, what is in segments stays, and the log begins again behind it.

            Restoring the file from a backup loses nothing and comes first. Exit status 0 when the log is whole or \
            was set aside, 1 when it is damaged and nothing was changed, 4 when the damage is of another kind.
            """)

    @OptionGroup var data: DataOptions

    @Flag(help: "Do it: what is told without this flag is lost.")
    var acceptLoss = false

    func run() throws {
        let machine = Machine()
        try machine.checkExists(data.directory, asksServers: false)
        let found =
            acceptLoss
            ? try EventStore.setLogAside(at: data.directory, context: machine.context)
            : try EventStore.logDamage(at: data.directory, context: machine.context)
        guard let found else {
            return try StandardStream.output.print(
                "the log is whole from where a start reads it: nothing is to be set aside")
        }
        let places = found.faultCount == 1 ? "" : ", the first of \(found.faultCount) places"
        try StandardStream.output.print("\(found.damage)\(places)")
        try StandardStream.output.print("\(acceptLoss ? "lost" : "would be lost"): \(found.extent)")
        try StandardStream.output.print(
            "intact behind the place: \(found.intactRecords) records with \(found.intactEvents) events, which only "
                + "the copies hold\(acceptLoss ? "" : " then")")
        for copy in found.copied { try StandardStream.output.print("copied: \(copy)") }
        guard !acceptLoss else { return }
        throw CommandFailure(
            .checkFailed, "nothing was changed",
            advice: "restore the file from a backup; without one `plimsoll set-aside --data \(data.directory) "
                + "--accept-loss` goes on without what is named, and keeps copies in \(found.copies)")
    }
}
