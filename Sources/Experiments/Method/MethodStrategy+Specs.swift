package import Components
internal import Evaluation
package import Evolution
package import Randomness
package import SearchSpaces

extension MethodStrategy {
    /// A strategy outside of a run, for specs.
    ///
    /// - Parameters:
    ///   - plan: The strategy with its options.
    ///   - space: Of its genotypes.
    ///   - builder: Makes its operators.
    ///   - rng: Its own stream.
    /// - Throws: What the strategy's operators throw.
    package convenience init(
        _ plan: any StrategyPlan, over space: any SearchSpace, _ builder: ComponentBuilder,
        rng: RandomStream
    ) throws {
        try self.init(
            StrategyFactory(plan: plan, space: space, builder: builder), rng: rng,
            ranking: plan.ranksByAll ? .max : 1, lineage: Lineage(), life: RunLife(),
            onShortage: { _ in })
    }
}
