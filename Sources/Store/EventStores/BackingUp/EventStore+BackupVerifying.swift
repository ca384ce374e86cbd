import Bytes
import Platform
import Segments

/// What looking at a backup has come to.
package struct BackupVerification: Sendable {
    /// What it is of.
    package let record: BackupRecord
    /// What is not as it was written, a line each; empty where it can be restored.
    package fileprivate(set) var findings: [String] = []
    /// Numbers of all backups of the place, the newest first.
    package let numbers: [UInt64]
    /// Files that no backup has, of an attempt that did not end; nil where nobody can tell.
    package let strayFiles: Int?
    /// Whether the store's key is in the place.
    package let hasKey: Bool
}

extension EventStore {
    /// Proves a backup without restoring it: every file of it is read to its end and compared, then it is opened as the
    /// store that it would be, whose position has to be the one that it states. Nothing is written, and nobody is kept
    /// from making another one meanwhile.
    /// - Parameters:
    ///   - number: nil for the newest one.
    ///   - note: is told how far it is.
    /// - Throws: ``BackupRefusal`` where there is none, or it went meanwhile; ``FileContentError`` where what it is of
    ///   cannot be read; ``StorageError`` that is not of one file. Damage of files is a finding.
    /// - Complexity: O(bytes); a mebibyte of them and what a start takes are held at a time.
    package static func verifyBackup(
        _ path: String, number: UInt64? = nil, context: StoreContext,
        note: @escaping BackupNote = { _, _ in }
    ) throws -> BackupVerification {
        let place = BackupPlace(path, context.fileSystem)
        let (record, damage) = try place.read(number)
        func refusal() -> BackupRefusal? { place.refusal(ofGone: record, "prove the newest one") }
        let result: BackupVerification
        do {
            result = try verify(record, damage, in: place, context, note)
        } catch {
            throw refusal() ?? error
        }
        if !result.findings.isEmpty, let refusal = refusal() { throw refusal }
        return result
    }

    private static func verify(
        _ record: BackupRecord, _ damage: CorruptionError?, in place: BackupPlace, _ context: StoreContext,
        _ note: @escaping BackupNote
    ) throws -> BackupVerification {
        var result = BackupVerification(
            record: record, numbers: try place.numbers(), strayFiles: try place.strayFiles(),
            hasKey: try context.fileSystem.lengthBytes(of: place.key) != nil)
        if let damage { result.findings.append("\(damage); nothing is lost: the other writing of it serves") }
        let tally = BackupTally(record.wholeBytes, note)
        for file in record.pieces {
            do {
                if let damage = try place.damage(of: file, tally) {
                    result.findings.append("\(damage)")
                }
            } catch where StoreError.isOfPlace(error) {
                result.findings.append("\(error) (\(file.path))")
            }
        }
        if result.hasKey {
            do {
                _ = try place.key(in: place.key, of: record)
            } catch let refusal as BackupRefusal {
                result.findings.append(refusal.reason)
            } catch let error as any FileContentError {
                result.findings.append("\(error)")
            }
        }
        guard result.findings.isEmpty else { return result }
        do {
            try context.openingBackup(record, in: place) { store in
                let position = store.snapshot().position
                guard position != record.position else { return }
                result.findings.append(
                    "\(place.record(record.number)): position \(record.position) is stated, \(position) is there")
            }
        } catch let error as any FileContentError {
            result.findings.append("\(error)")
        } catch let error as StoreError {
            result.findings.append("\(error)")
        }
        return result
    }
}

extension BackupPlace {
    /// What is the matter with a piece; nil where it is whole.
    fileprivate func damage(of file: BackupFile, _ tally: BackupTally) throws -> CorruptionError? {
        let path = piece(file.sha256)
        let opened = try fileSystem.open(path, .read)
        defer { opened.close() }
        var digest = PieceDigest()
        let isRead = try digest.read(opened, counted: file.lengthBytes, of: file.lengthBytes) { _, piece in
            try tally.add(piece.count)
        }
        guard isRead else {
            return CorruptionError(
                file: path, offset: min(try opened.lengthBytes(), file.lengthBytes),
                expectation: "a file of \(file.lengthBytes) bytes, which is \(file.path)")
        }
        guard digest.finish() != file.sha256 else { return nil }
        var damage = CorruptionError(file: path, offset: 0, expectation: "the SHA-256 in its name")
        if file.path.text.hasSuffix(segmentFileEnding) {
            // A segment says where.
            do {
                let reader = try SegmentReader.open(fileSystem: fileSystem, path: path)
                var first: CorruptionError?
                try reader.faults(sha256: file.sha256) { first = first ?? $0 as? CorruptionError }
                damage = first ?? damage
            } catch let error as CorruptionError {
                damage = error
            }
        }
        damage.expectation += "; it is \(file.path)"
        return damage
    }

    /// The key of the store that was backed up.
    /// - Throws: ``BackupRefusal`` where a file holds another one; what reading it throws.
    func key(in path: String, of record: BackupRecord) throws -> [UInt8] {
        let key: [UInt8]
        do {
            key = try StoreKey.read(path, fileSystem: fileSystem, takesPipes: true)
        } catch let error as StorageError where error.operation == .open && error.isMissing {
            throw BackupRefusal(
                reason: "there is no key \(path)", advice: "the key of a store is DIR/keys/store.key")
        }
        guard record.store.isEmpty || ExportHeader.fingerprint(ofKey: key) == record.store else {
            throw refusal(ofKey: path)
        }
        return key
    }

    func refusal(ofKey path: String) -> BackupRefusal {
        BackupRefusal(
            reason: "\(path) is not the key of the store that was backed up",
            advice: "the key of a store is DIR/keys/store.key")
    }
}
