package import Bytes
internal import CEmbeddedSchemas

/// The schemas, prices and dialects that the program was built with: the files of the folders of `Schemas`, in the
/// order of their names. They are listed in `CEmbeddedSchemas.c`: as literals of Swift their bytes would hold up all
/// that stands on `Domain`.
package enum EmbeddedSchemas {
    /// One JSON Schema per event type; names that begin with `_` are shared parts.
    package static var events: [EmbeddedFile] { files(PLIMSOLL_SCHEMA_EVENTS) }
    /// Dated list prices, one file per vendor.
    package static var prices: [EmbeddedFile] { files(PLIMSOLL_SCHEMA_PRICES) }
    /// How frameworks say in OpenTelemetry's spans what they do, one file per dialect.
    package static var dialects: [EmbeddedFile] { files(PLIMSOLL_SCHEMA_DIALECTS) }

    private static func files(_ folder: plimsoll_schema_folder) -> [EmbeddedFile] {
        (0..<plimsoll_embedded_schema_count(folder)).map { index in
            // Sound: names and bytes are constants of the program, as many as it says.
            let file = unsafe plimsoll_embedded_schema_at(folder, index)
            return unsafe EmbeddedFile(name: file.name, bytes: file.bytes, count: file.count)
        }
    }
}
