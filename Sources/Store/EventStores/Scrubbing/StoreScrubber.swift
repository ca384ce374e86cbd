import EventLogs
package import Platform
import Segments
import Synchronization

/// Reads all files of an open store once more, a piece at a time, to find what decays where nobody asks for it: keys,
/// manifests, states and the log at the beginning of a pass, then the segments. Nothing is held but a piece and the
/// footer of one segment, nothing is changed, and the store goes on meanwhile.
///
/// For one caller at a time. A pass begins at another segment each time a process starts, so that those of a process
/// that never lives for a whole pass are all read one day.
package final class StoreScrubber: Sendable {
    /// What one piece came to.
    package struct Step: Sendable {
        /// Bytes that were read.
        package var bytes = 0
        /// What is not as it was written.
        package var found: [any FileContentError] = []
        /// It was the last piece of a pass.
        package var isEnd = false
    }

    private struct State {
        /// Ids of segments that this pass has yet to read, the next one last; nil before it has begun.
        var left: [UInt64]?
        var current: SegmentBlocks?
        /// Where the first pass begins, as a share of the segments.
        var start: UInt64
    }

    private let store: EventStore
    private let state: Mutex<State>

    /// Bytes of one piece, unless one block has more: what a disk reads in some milliseconds.
    private static let pieceBytes = 1 << 20

    /// - Parameter store: an open one.
    package init(_ store: EventStore) {
        self.store = store
        state = Mutex(State(start: store.context.randomness.nextUInt64()))
    }

    /// Bytes that a pass reads, roughly.
    package var passBytes: Int {
        store.publishedVersion.sealed.segments.reduce(0) { $0 + $1.reader.lengthBytes }
    }

    /// Reads the next piece. Blocking.
    /// - Throws: ``StorageError`` that is not of one file: nothing is known of the piece then, and the next call goes
    ///   on behind it.
    package func step() throws -> Step {
        try state.withLock { state in
            guard state.left != nil else {
                let step = try readSmallFiles()
                state.left = order(from: state.start)
                return step
            }
            var step = Step()
            if let bytes = try state.current?.read(bytesMax: Self.pieceBytes, { step.note($0, nil) }) {
                step.bytes = bytes
                return step
            }
            state.current = nil
            guard let id = state.left?.popLast() else {
                (state.left, state.start) = (nil, 0)
                step.isEnd = true
                return step
            }
            try open(id, &state, &step)
            return step
        }
    }

    /// The segments of now, turned by a share, the first one last.
    private func order(from start: UInt64) -> [UInt64] {
        let ids = store.publishedVersion.sealed.segments.map(\.id)
        guard !ids.isEmpty else { return [] }
        let first = Int(start % UInt64(ids.count))
        return (ids[first...] + ids[..<first]).reversed()
    }

    /// A segment that is gone meanwhile was replaced by one that was read back when it was written.
    private func open(_ id: UInt64, _ state: inout State, _ step: inout Step) throws {
        guard let segment = store.publishedVersion.sealed.segments.first(where: { $0.id == id }) else { return }
        let reader = segment.reader
        do {
            let blocks = try SegmentBlocks(
                path: reader.path, expected: (reader.segmentID, reader.lengthBytes),
                fileSystem: store.context.fileSystem)
            step.bytes = blocks.openedBytes
            state.current = blocks
        } catch where StoreError.isOfPlace(error) {
            // It may have gone between the two looks.
            guard store.publishedVersion.sealed.segments.contains(where: { $0.id == id }) else { return }
            step.note(error, CorruptionError(file: reader.path, offset: 0, expectation: Self.missing))
        }
    }

    private static let missing = "a segment that the manifest names; the file is missing"

    // MARK: What is small, and what others write meanwhile

    /// Two looks have to agree: the first one may have met files that are just being replaced.
    private func readSmallFiles() throws -> Step {
        var step = try smallFiles()
        guard !step.found.isEmpty else { return step }
        let again = try smallFiles()
        step.bytes += again.bytes
        let texts = again.found.map { "\($0)" }
        step.found.removeAll { !texts.contains("\($0)") }
        return step
    }

    private func smallFiles() throws -> Step {
        let (files, fileSystem) = (StoreFiles(root: store.directory), store.context.fileSystem)
        var step = Step()
        func look(_ path: String, _ missing: String, _ body: () throws -> Int) throws {
            do {
                step.bytes += try body()
            } catch where StoreError.isOfPlace(error) {
                step.note(error, CorruptionError(file: path, offset: 0, expectation: missing + "; the file is missing"))
            }
        }
        try look(files.secret, "the store's key") { try StoreKey.read(files.secret, fileSystem: fileSystem).count }
        guard let survey = try survey(files, fileSystem) else { return step }
        step.found += survey.faults
        if let reference = survey.state {
            let copy = files.segments + "/" + reference.copyName
            for path in [files.segments + "/" + reference.fileName, copy] {
                // Versions of before wrote no copy.
                if path == copy, try fileSystem.lengthBytes(of: copy) == nil { continue }
                try look(path, "the state of the store") {
                    try StateReading.whole(reference, path, fileSystem).count
                }
            }
        }
        if let end = store.flushedLogEnd {
            let log = try LogSurvey(directory: files.log, fileSystem: fileSystem, before: end)
            step.found += log.faults
            // Without its header a survey passes over the file in which the place is.
            let head = try LogSurvey.headDamage(of: end.fileNumber, directory: files.log, fileSystem: fileSystem)
            if let head { step.found.append(head) }
            let mark = try LogSurvey.markDamage(directory: files.log, fileSystem: fileSystem)
            if let mark { step.found.append(mark) }
            step.bytes += end.offset
        }
        return step
    }

    /// nil where a manifest was replaced meanwhile.
    private func survey(
        _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws -> (faults: [CorruptionError], state: FileReference?)? {
        do {
            let survey = try ManifestStore.survey(fileSystem: fileSystem, directory: files.segments)
            return (survey.faults.map(\.damage), survey.manifest.projections)
        } catch let error as StorageError where error.isMissing {
            return nil
        }
    }
}

extension StoreScrubber.Step {
    /// - Parameter missing: what is said of a file that is not there.
    fileprivate mutating func note(_ error: any Error, _ missing: CorruptionError?) {
        if let error = error as? any FileContentError {
            found.append(error)
        } else if let error = error as? StorageError {
            let isMissing = error.isMissing
            let unreadable = CorruptionError(file: error.path, offset: 0, expectation: "what can be read (\(error))")
            found.append(isMissing ? missing ?? unreadable : unreadable)
        }
    }
}
