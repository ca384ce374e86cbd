extension Writer {
    /// Makes a mark, whose record was just added, the last one of its destination. Marks come every second, so among unsealed records each
    /// takes the place of the one before; the log keeps them all.
    func take(_ mark: DeliveryMark) {
        marks.set(mark)
        let (beginning, last) = (mark.dataBeginning, systemRecords.count - 1)
        let frozen = flight?.recordCount ?? 0
        guard last > frozen else { return }
        let before = systemRecords[frozen..<last].lastIndex { record in
            guard case .event(DeliveryMark.recordType, let data) = record.content else { return false }
            return data.hasPrefix(beginning)
        }
        if let before { systemRecords.remove(at: before) }
    }
}
