package import Bytes
internal import CEmbeddedAlerts

/// Rules, OpenSLO documents, dashboards and runbooks that the program was built with: templates in `templates` where
/// numbers of objectives stand in them, else the files that are used as they are. They are listed in
/// `CEmbeddedAlerts.c`, as the bytes of a file of this size are nothing for a compiler of Swift.
package enum EmbeddedAlerts {
    /// Rule files of Prometheus.
    package static var rules: [EmbeddedFile] { files(PLIMSOLL_ALERT_RULES) }
    /// OpenSLO documents.
    package static var slos: [EmbeddedFile] { files(PLIMSOLL_ALERT_SLOS) }
    /// Dashboards of Grafana.
    package static var dashboards: [EmbeddedFile] { files(PLIMSOLL_ALERT_DASHBOARDS) }
    /// A page for each alert, and the list of them.
    package static var runbooks: [EmbeddedFile] { files(PLIMSOLL_ALERT_RUNBOOKS) }

    private static func files(_ folder: plimsoll_alert_folder) -> [EmbeddedFile] {
        (0..<plimsoll_embedded_alert_count(folder)).map { index in
            // Sound: names and bytes are constants of the program, as many as it says.
            let file = unsafe plimsoll_embedded_alert_at(folder, index)
            return unsafe EmbeddedFile(name: file.name, bytes: file.bytes, count: file.count)
        }
    }
}
