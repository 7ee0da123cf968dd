/// What happens when a loss is NaN or infinite where only an architecture or a task is judged. In
/// training the run always stops, as the weights that all share would be lost.
public enum NonFinitePolicy: String, Sendable, Hashable, CaseIterable {
    /// The run stops, its state saved.
    case stop
    /// The architecture's trial is marked as failed and ranks behind all others; a test task counts
    /// as one of which nothing was right. The run goes on.
    case failTrial = "fail_trial"
}
