import Bytes
package import Platform
import Segments

extension EventStore {
    /// Whether a place that could not be used can be used now, or nothing needs it any more. Of what is not a page of a
    /// segment, and of a newer form, only the next start tells. Blocking.
    /// - Complexity: O(segments), and a page that is read.
    package func canUse(_ place: any FileContentError) -> Bool {
        guard let damage = place as? CorruptionError, damage.file.hasSuffix(segmentFileEnding) else { return false }
        let path = ExactText(damage.file)
        guard let segment = snapshot().version.sealed.segments.first(where: { ExactText($0.reader.path) == path })
        else { return true }
        do {
            try segment.reader.verify(blockAt: damage.offset)
            return true
        } catch {
            return false
        }
    }
}
