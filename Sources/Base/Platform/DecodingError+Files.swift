package import Bytes

extension DecodingError {
    /// What it means for the file that the bytes are of.
    /// - Parameter start: where in the file they begin.
    package func of(_ file: String, at start: Int = 0) -> any Error {
        isOfNewerForm
            ? NewerFormatError(file: file, expectation: expectation)
            : CorruptionError(file: file, offset: start + offset, expectation: expectation)
    }
}
