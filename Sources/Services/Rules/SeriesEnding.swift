import Bytes
import PromQLText

extension Series {
    /// The same with a stale marker wherever it says nothing at an evaluation, but did at the one before: as a group
    /// writes it, which knows no other way to say that a series is over. Without it the last sample would be taken for
    /// the present one as long as questions look back.
    /// - Parameter evaluations: ms since 1970, ascending; its samples are all of these times.
    /// - Complexity: O(samples + ends · log evaluations).
    func ended(among evaluations: [Int64]) -> Series {
        guard let first = samples.times.first else { return self }
        // It says something from its first sample to the last evaluation.
        let begin = evaluations.partitioningIndex { $0 >= first }
        if evaluations.count - begin == samples.times.count { return self }
        var run = SampleRun()
        var place = begin
        for (index, time) in samples.times.enumerated() {
            run.append(time, samples[index])
            if place < evaluations.count, evaluations[place] == time {
                place += 1
            } else {
                place = evaluations.partitioningIndex { $0 > time }
            }
            guard place < evaluations.count else { continue }
            let next = evaluations[place]
            if index + 1 < samples.times.count, samples.times[index + 1] <= next { continue }
            run.append(next, .float(.staleMarker))
        }
        return Series(labels: labels, samples: run)
    }
}
