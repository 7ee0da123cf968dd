internal import Components
internal import Datasets
internal import Randomness

/// All classes, and all examples of a class, equally likely.
enum UniformTaskSampler {
    static var uniform: Component {
        Component(
            .taskSampler, "uniform", "All classes, and all examples of a class, equally likely."
        ) { _, _ in sampleTask }
    }

    private static func sampleTask(
        _ context: TaskContext, _ rng: inout RandomStream
    ) throws -> EpisodeIndices {
        let drawn = context.shots + context.queries
        let eligible = context.classes.filter { $0.examples >= drawn }
        guard context.ways > 0, context.shots >= 0, context.queries >= 0,
            eligible.count >= context.ways
        else {
            throw ExperimentError.invalidResult(
                of: .taskSampler, at: nil,
                problem: "an episode needs \(context.ways) classes of at least \(drawn) examples; "
                    + "\(PlanText.quoted(context.dataset)) has \(eligible.count) to draw from")
        }
        var episode = EpisodeIndices(classes: [], support: [], query: [])
        for place in rng.sample(context.ways, below: eligible.count) {
            let examples = rng.sample(drawn, below: eligible[place].examples)
            episode.classes.append(eligible[place].index)
            episode.support.append(Array(examples.prefix(context.shots)))
            episode.query.append(Array(examples.dropFirst(context.shots)))
        }
        return episode
    }
}
