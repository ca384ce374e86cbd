import Logging
import Platform

extension OperatorLog {
    /// Lines go where a logger's go.
    init(_ logger: Logger) {
        self.init { level, line in
            switch level {
            case .notice: logger.notice("\(line)")
            case .warning: logger.warning("\(line)")
            case .error: logger.error("\(line)")
            case .critical: logger.critical("\(line)")
            }
        }
    }
}
