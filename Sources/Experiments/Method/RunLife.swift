internal import Components

/// Whether a run goes on: what it gave to a script holds until then.
final class RunLife {
    var isOver = false

    func check(_ thing: String) throws {
        if isOver { throw ExperimentError.failed(RunLife.problem(thing)) }
    }

    static func problem(_ thing: String) -> String {
        "this \(thing) belongs to a run that is over; use "
            + (thing == "context"
                ? "the context that the function is given" : "one of the present run's context")
    }
}
