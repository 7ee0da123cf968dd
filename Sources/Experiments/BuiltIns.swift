public import Components
internal import Datasets
internal import Evolution
internal import MetaLearning
internal import NeuralNetworks
internal import Supernets
internal import Tasks

/// The components that come with the program. They register through the door that plugins use.
public enum BuiltIns {
    /// Every extension point, in the order of listings.
    public static var points: [ExtensionPoint] {
        [
            .operation, .space, .mutation, .crossover, .strategy, .pathSampler, .taskSampler,
            .schedule, .objective, .learner, .method, .reporter, .tasks, .dataset, .optimizer, .arm,
        ]
    }

    /// A registry that holds every built-in component and is open for plugins.
    ///
    /// - Throws: ``ExperimentError`` if two built-in components had the same name.
    public static func registry() throws(ExperimentError) -> Registry {
        var registry = Registry()
        try register(in: &registry)
        return registry
    }

    /// Adds every built-in component.
    ///
    /// - Throws: ``ExperimentError/nameClash(point:name:first:second:)`` where a name is taken.
    public static func register(in registry: inout Registry) throws(ExperimentError) {
        // A fixed network's row is named after its learner.
        registry.accompany(.learner) {
            [FixedNetworkArm.component(learner: $0.name, source: $0.source)]
        }
        for component in components { try registry.register(component) }
    }

    private static var components: [Component] {
        TaskComponents.all + DatasetComponents.all + OptimizerComponents.all
            + LearnerComponents.all + OperationPlan.components + SpaceComponents.all
            + OperatorComponents.all + StrategyComponents.all + PathSamplers.all
            + [ScheduleSettings.constant] + Objectives.all + [CustomMethod.custom]
            + [
                SearchedArm.component, PerTaskArm.component, RandomSearchArm.component,
                RegularizedEvolutionArm.component, Conv4Arm.component, FixedGenotypeArm.component,
                FixedNetworkArm.pretrained,
            ]
    }
}
