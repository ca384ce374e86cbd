import Columnar
import Plans

/// What kernels cannot compute, refused with PostgreSQL's codes and words.
extension QueryError {
    init(_ error: KernelError) {
        switch error {
        case .decimalOverflow: self = Rescaling.overflow
        case .outOfRange(let type): self = .outOfRange(type)
        case .textTooLong: self = TextEdits.tooLong
        case .stopped: self = .cancelled
        case .intervalOverflow: self.init(.timeOutOfRange, "interval out of range")
        case .noTiles: self.init(.invalidTiles, "argument of ntile must be greater than zero")
        case .noPlace: self.init(.invalidPlace, "argument of nth_value must be greater than zero")
        case .uncountable:
            self.init(
                .numberOutOfRange, "value out of range for approx_percentile",
                hint: "cast the argument to double precision")
        case .damagedHistogram(let expected):
            self.init(.damagedData, "a rollup's histogram is damaged: expected \(expected)")
        }
    }

    /// Runs a kernel; what it throws becomes a refusal.
    static func refusing<Result>(_ kernel: () throws(KernelError) -> Result) throws(QueryError) -> Result {
        do throws(KernelError) {
            return try kernel()
        } catch {
            throw QueryError(error)
        }
    }
}

extension QueryContext {
    /// Runs a kernel that may be stopped; what it cannot compute becomes a refusal.
    func running<Result>(_ kernel: () throws(KernelError) -> Result) throws -> Result {
        do throws(KernelError) {
            return try kernel()
        } catch {
            if error == .stopped { try check() }
            throw QueryError(error)
        }
    }
}
