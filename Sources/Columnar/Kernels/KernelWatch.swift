/// Whether a kernel that takes long may go on: it asks between bounded stretches of work.
package struct KernelWatch: Sendable {
    private let mayGoOn: @Sendable () -> Bool

    /// - Parameter mayGoOn: false has the kernel throw ``KernelError/stopped``.
    package init(_ mayGoOn: @escaping @Sendable () -> Bool) { self.mayGoOn = mayGoOn }

    /// Lets everything go on.
    static let none = KernelWatch { true }

    /// - Throws: `.stopped` where the work is not wanted any more.
    func look() throws(KernelError) { if !mayGoOn() { throw .stopped } }

    /// As ``SortOrder/rows(of:descending:nullsFirst:limit:)``, unless the work is stopped.
    func order(of columns: [Vector], descending: [Bool], nullsFirst: [Bool]) throws(KernelError) -> [UInt32] {
        do {
            return try SortOrder.rows(
                of: columns, descending: descending, nullsFirst: nullsFirst, look: { try look() })
        } catch {
            throw .stopped
        }
    }
}
