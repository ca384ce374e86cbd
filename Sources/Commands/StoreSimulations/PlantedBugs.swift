#if PLANTED_BUGS
    package import Platform

    /// Looks whether the simulation finds faults that somebody planted (``PlantedBug``).
    package enum PlantedBugs {
        /// Seeds that find a fault, as a file lists them: a line for each, its name, a space and a seed; what begins
        /// with `#` is a remark.
        package static func seeds(parsing text: String) -> [(bug: PlantedBug, seed: UInt64)] {
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard words.count >= 2, let bug = PlantedBug(rawValue: String(words[0])), let seed = UInt64(words[1])
                else { return nil }
                return (bug, seed)
            }
        }

        /// How the history of a seed ends with the fault planted; nil: as if it were not there.
        package static func violation(of bug: PlantedBug, seed: UInt64) -> Violation? {
            PlantedBug.plant(bug)
            defer { PlantedBug.plant(nil) }
            return Simulation.run(seed: seed).violation
        }

        /// The first of some seeds that finds the fault.
        package static func firstSeed(
            finding bug: PlantedBug, below end: UInt64, workers: any Workers
        ) -> Simulation.Failure? {
            PlantedBug.plant(bug)
            defer { PlantedBug.plant(nil) }
            return Simulation.run(seeds: 1..<end, workers: workers).failures.first
        }
    }
#endif
