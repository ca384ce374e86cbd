extension Writer {
    /// Marks come every second, so among unsealed records each takes the place of the one before; the log keeps them
    /// all.
    /// - Parameter mark: its record was just added.
    func dropOlderMarks(than mark: DeliveryMark) {
        let (beginning, last) = (mark.dataBeginning, systemRecords.count - 1)
        let frozenCount = frozen?.records.count ?? 0
        guard last > frozenCount else { return }
        let before = systemRecords.all[frozenCount..<last].lastIndex { record in
            guard case .event(DeliveryMark.recordType, let data) = record.content else { return false }
            return data.hasPrefix(beginning)
        }
        if let before { systemRecords.remove(at: before) }
    }
}
