extension String {
    /// Whether both texts have the same bytes. `==` holds different spellings of a letter (composed, decomposed) equal;
    /// texts of events, which are compared by bytes everywhere, are then one here and two there.
    ///
    /// A type of texts that is a key states its own `==` with this one; its hash may stay, as texts with the same bytes
    /// are equal and so have the same hash.
    /// - Complexity: O(bytes).
    package func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
