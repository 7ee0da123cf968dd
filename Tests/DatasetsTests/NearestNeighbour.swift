import Datasets
import Randomness

/// The simplest few-shot learner: the label of the support image with the smallest squared
/// distance. Its accuracy says how hard a data set is before anything is learned.
func nearestNeighbourAccuracy(of episode: Episode) -> Double {
    guard case .labels(let known) = episode.support.targets,
        case .labels(let wanted) = episode.query.targets
    else { return .nan }
    let size = episode.support.inputs.count / known.count
    var correct = 0
    for (item, label) in wanted.enumerated() {
        var best = (distance: Float.infinity, label: Int32(-1))
        for (place, candidate) in known.enumerated() {
            var distance: Float = 0
            for pixel in 0..<size {
                let difference =
                    episode.query.inputs[item * size + pixel]
                    - episode.support.inputs[place * size + pixel]
                distance += difference * difference
            }
            if distance < best.distance { best = (distance, candidate) }
        }
        if best.label == label { correct += 1 }
    }
    return Double(correct) / Double(wanted.count)
}

/// The mean accuracy over tasks of a distribution.
func nearestNeighbourAccuracy(
    _ distribution: EpisodeDistribution, tasks: Int, stream: RandomStream
) throws -> Double {
    let episodes = try distribution.fixedTasks(tasks, stream: stream)
    return episodes.reduce(0) { $0 + nearestNeighbourAccuracy(of: $1) } / Double(tasks)
}
