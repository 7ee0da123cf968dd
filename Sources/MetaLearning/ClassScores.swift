import Datasets
import Tensors

/// How well each class of a task was told from the others.
enum ClassScores {
    /// Whether a task's training gives them.
    static func areAsked(of task: MetaTask, _ context: LearningContext) -> Bool {
        guard context.scoresClasses, case .labels = task.episode.query.targets else { return false }
        return true
    }

    /// The fraction of each class's queries whose largest output is the class's own; the first of
    /// equal outputs counts.
    ///
    /// - Parameters:
    ///   - outputs: Of the query set, [queries, ways].
    ///   - task: Whose labels they are compared with.
    /// - Returns: One fraction a label; empty where there are no labels.
    static func accuracies(_ outputs: FloatBuffer, of task: MetaTask) -> [Double] {
        let ways = task.episode.ways
        guard case .labels(let labels) = task.episode.query.targets, ways > 0,
            outputs.count == labels.count * ways
        else { return [] }
        var right = [Int](repeating: 0, count: ways)
        var all = right
        for (row, own) in labels.enumerated() {
            let label = Int(own)
            guard (0..<ways).contains(label) else { continue }
            var best = 0
            for way in 1..<max(ways, 1)
            where outputs.pointer[row * ways + way] > outputs.pointer[row * ways + best] {
                best = way
            }
            all[label] += 1
            if best == label { right[label] += 1 }
        }
        return zip(right, all).map { $1 == 0 ? 0 : Double($0) / Double($1) }
    }

    /// Where a plan writes the outputs of the query set.
    static func buffer(for task: MetaTask) -> FloatBuffer {
        guard case .labels(let labels) = task.episode.query.targets else {
            return FloatBuffer(count: 0)
        }
        return FloatBuffer(count: labels.count * task.episode.ways)
    }
}
