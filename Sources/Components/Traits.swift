// What components of different rooms say of each other: the names of the points that needs speak of,
// and what their components may offer.

extension ExtensionPoint {
    /// Kinds of tasks that are learned.
    public static let tasks = ExtensionPoint("tasks", title: "kind of tasks")
    /// What is searched, or the one network that is trained.
    public static let space = ExtensionPoint(
        "space", unnamed: Unnamed("custom", ifGiven: "forward"))
    /// Inner and outer loops.
    public static let learner = ExtensionPoint(
        "learner", unnamed: Unnamed("custom", ifGiven: "adapt"))
}

extension Trait {
    /// Tasks have examples to learn from.
    public static let examples = Trait("examples to learn from")
    /// Tasks' inputs are images.
    public static let images = Trait("images")
    /// Tasks' inputs are vectors.
    public static let vectors = Trait("vectors")
    /// Tasks' targets are classes.
    public static let classes = Trait("classes")
    /// Targets mean the same in every task, so that one network can learn all tasks at once.
    public static let sharedTargets = Trait("the same targets in all tasks")
    /// Results are looked up in tables.
    public static let tables = Trait("tables")
    /// A space has more than one network, so there is something to search.
    public static let choices = Trait("choices to search")
    /// A space is one network, which is trained as it is.
    public static let oneNetwork = Trait("one fixed network")
    /// A component of this name, and no other.
    public static func name(_ name: String) -> Trait { Trait("the name \"\(name)\"") }
    /// Tasks are mini-batches of one data set, and a learner trains on them without adaptation.
    public static let miniBatches = Trait("mini-batches in place of support sets")
    /// A learner adapts to a support set by gradients, so its loss afterwards means something.
    public static let adaptation = Trait("adaptation by gradients")
}

extension Need {
    /// What components of plugins can say that they need, by the point and the word that they use:
    /// `needs = { tasks = "examples" }`.
    public static let words: [(point: ExtensionPoint, word: String, trait: Trait)] = [
        (.tasks, "examples", .examples), (.tasks, "images", .images),
        (.tasks, "vectors", .vectors), (.tasks, "classes", .classes), (.tasks, "tables", .tables),
        (.space, "choices", .choices), (.learner, "adaptation", .adaptation),
    ]
}
