internal import Experiments
internal import Evaluation
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
            .schedule, .objective, .learner, .method, .reporter, .tasks, .dataset, .optimizer,
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
        for component in components { try registry.register(component) }
    }

    private static var components: [Component] {
        TaskComponents.all + DatasetComponents.all + OptimizerComponents.all
            + LearnerComponents.all + OperationPlan.components + SpaceComponents.all
            + OperatorComponents.all + StrategyComponents.all + PathSamplers.all
            + [ScheduleSettings.constant] + Objectives.all
            + [
                AcrossTaskSearch.component, CustomMethod.custom, SearchedMethod.component,
                PerTaskMethod.component, RandomSearchMethod.component,
                RegularizedEvolutionMethod.component, Conv4Method.component,
                FixedMethod.component, TunedMethod.component, PlanNetworkMethod.trained,
                PlanNetworkMethod.pretrained,
            ]
    }
}
