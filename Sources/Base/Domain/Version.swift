/// What this build is called.
package enum Version {
    /// Major, minor, patch.
    package static let text = "0.1.0"
}
