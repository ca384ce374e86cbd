package import Bytes

// About how many bytes of memory things take, as whoever holds them books them.

extension ByteText {
    /// As one of a set.
    package var heldBytes: Int { 64 + bytes.count }
}

extension LabelSet {
    /// With their texts.
    package var heldBytes: Int { labels.reduce(64) { $0 + 96 + $1.name.bytes.count + $1.value.bytes.count } }
    /// The same where somebody else holds the texts.
    package var listedBytes: Int { 64 + 24 * labels.count }
}

extension NativeHistogram {
    /// Of each, whatever it counts.
    package static let ownBytes = 160
    /// Of its buckets, which are shared with histograms that were copied of it.
    package var bucketBytes: Int { 16 * (positive.indices.count + negative.indices.count) + 8 * customEnds.count }
    /// With its buckets.
    package var heldBytes: Int { Self.ownBytes + bucketBytes }
}

extension SampleRun {
    /// Of each sample that is a number.
    package static let sampleBytes = 16
    /// - Complexity: O(histograms).
    package var heldBytes: Int {
        // Where there are histograms, a number among them has the room of one.
        let histograms = histograms.reduce(0) { $0 + ($1?.heldBytes ?? NativeHistogram.ownBytes) }
        return times.count * Self.sampleBytes + histograms
    }
}

extension Series {
    /// With the texts of its labels.
    /// - Complexity: O(labels and histograms).
    package var heldBytes: Int { labels.heldBytes + samples.heldBytes }
}

extension SeriesMark {
    /// As one of a list.
    package var heldBytes: Int { 40 + 8 * numbers.count }
}

extension SeriesExemplars {
    /// With the texts of all labels.
    /// - Complexity: O(exemplars and labels).
    package var heldBytes: Int { exemplars.reduce(64 + labels.heldBytes) { $0 + 32 + $1.labels.heldBytes } }
}
