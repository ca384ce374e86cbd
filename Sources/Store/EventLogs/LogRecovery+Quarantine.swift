internal import Platform

extension LogRecovery {
    /// Moves what is not trusted out of the log, so that the log ends before the damage. Copies come first, then later
    /// files from the newest to the oldest, the damaged bytes themselves last: a crash in between leaves a log that is
    /// still refused, never one with a silent gap.
    mutating func quarantine(_ damage: Damage) throws(StorageError) -> LogLoss {
        let fileSystem = directory.fileSystem
        try fileSystem.createDirectories(directory.quarantinePath)
        var loss = LogLoss(
            damage: damage.error.description, fromPosition: report.nextPosition, toPosition: damage.knownPosition,
            files: [])
        assert(damage.fileIndex.map { $0 == files.count - 1 } ?? files.isEmpty, "the damage ends what is trusted")
        let kept = damage.fileIndex.map { files[$0] }
        let moved = numbers.filter { kept == nil || $0 > kept?.fileNumber ?? 0 }
        if let kept { loss.files.append(try copyTail(of: kept, from: damage.offset)) }
        var targets: [(number: UInt64, path: String)] = []
        for number in moved.reversed() {
            let path = try freeQuarantinePath(fileName(of: directory.logPath(number)))
            targets.append((number, path))
            loss.files.append(path)
        }
        try writeReason(loss)
        for (number, path) in targets {
            try fileSystem.rename(directory.logPath(number), to: path)
            try fileSystem.flushDirectory(directory.quarantinePath)
            try directory.flush()
        }
        if let kept {
            let file = try fileSystem.open(directory.logPath(kept.fileNumber), .update)
            defer { file.close() }
            try file.writeZeros(kept.fileBytes - damage.offset, at: damage.offset)
            try file.flush()
        }
        keepFiles(through: damage.fileIndex)
        return loss
    }

    private func copyTail(of header: LogFileHeader, from offset: Int) throws(StorageError) -> String {
        let fileSystem = directory.fileSystem
        let source = try fileSystem.open(directory.logPath(header.fileNumber), .read)
        defer { source.close() }
        let path = try freeQuarantinePath(fileName(of: source.path) + "-from-\(offset)")
        let copy = try fileSystem.open(path, .create)
        defer { copy.close() }
        assert(offset <= header.fileBytes, "a damage lies in its file")
        var done = offset
        while done < header.fileBytes {
            let piece = try source.read(upTo: min(1 << 20, header.fileBytes - done), at: done)
            if piece.isEmpty { break }
            try copy.write(piece, at: done - offset)
            done += piece.count
        }
        try copy.flush()
        return path
    }

    private func writeReason(_ loss: LogLoss) throws(StorageError) {
        guard let first = loss.files.first else { return }
        let file = try directory.fileSystem.open(first + ".reason.txt", .replace)
        defer { file.close() }
        try file.write(Array((loss.description + "\n").utf8), at: 0)
        try file.flush()
        try directory.fileSystem.flushDirectory(directory.quarantinePath)
    }

    /// A name in the quarantine that nothing has yet.
    private func freeQuarantinePath(_ name: String) throws(StorageError) -> String {
        var path = directory.quarantinePath + "/" + name
        var attempt = 1
        while try directory.fileSystem.lengthBytes(of: path) != nil {
            attempt += 1
            path = directory.quarantinePath + "/" + name + "-\(attempt)"
        }
        return path
    }
}
