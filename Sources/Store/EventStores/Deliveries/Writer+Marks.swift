extension Writer {
    /// Marks come every second, so among unsealed records each takes the place of the one before; the log keeps them
    /// all.
    /// - Parameter mark: its record was just added.
    func dropOlderMarks(than mark: DeliveryMark) {
        let beginning = mark.dataBeginning
        systemRecords.removeLast(from: frozen?.records.count ?? 0) { record in
            guard case .event(DeliveryMark.recordType, let data) = record.content else { return false }
            return data.hasPrefix(beginning)
        }
    }
}
