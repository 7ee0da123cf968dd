package import Datasets
package import MetaLearning
internal import Records
package import SearchSpaces

/// All that a score depends on: which network learns which tasks, by which weights, in which run.
///
/// A job is a plain value. Whoever has the run's plan, its data and the weights of the named version
/// can run it, wherever that is, and gets the same scores.
package struct EvaluationJob: Codable, Hashable, Sendable {
    /// The form of encoded jobs that this program reads and writes.
    package static let form = 1

    /// The run that it belongs to.
    package let run: RunIdentity
    /// The network that learns.
    package let network: NetworkReference
    /// The weights that it begins from.
    package let weights: WeightsVersion
    /// Inner steps in place of the learner's own, as a schedule set them; nil for its own.
    package let innerSteps: Int?
    /// What is learned, each task by itself.
    package let tasks: [TaskReference]
    /// Numbers of inner steps after which to score, ascending.
    package let steps: [Int]
    private let form: Int

    package init(
        run: RunIdentity, network: NetworkReference, weights: WeightsVersion, innerSteps: Int?,
        tasks: [TaskReference], steps: [Int]
    ) {
        self.run = run
        self.network = network
        self.weights = weights
        self.innerSteps = innerSteps
        self.tasks = tasks
        self.steps = steps
        form = EvaluationJob.form
    }

    /// The job as JSON text.
    ///
    /// - Throws: `RecordsError`; never in practice, as jobs are plain values.
    package func encoded() throws -> String { try RecordCoding.json(self) }

    /// Reads a job.
    ///
    /// - Throws: ``EvaluationError`` for another form, and for a text that lacks something.
    package init(encoded text: String) throws(EvaluationError) {
        struct Form: Decodable {
            let form: Int
        }
        do {
            // Another form may have other keys, so it is looked at first.
            let form = try RecordCoding.decode(Form.self, from: text).form
            guard form == EvaluationJob.form else { throw EvaluationError.otherForm(form) }
            self = try RecordCoding.decode(EvaluationJob.self, from: text)
        } catch let error as EvaluationError {
            throw error
        } catch let error as RecordsError {
            throw .undecodable(detail: error.detail)
        } catch {
            throw .undecodable(detail: "\(error)")
        }
    }
}

/// What scores of one run have in common: a worker that holds another plan or another seed would
/// give other numbers.
package struct RunIdentity: Codable, Hashable, Sendable {
    /// The hash of the plan.
    package let plan: String
    /// The root of all randomness, from which the fixed tasks are drawn.
    package let seed: UInt64

    package init(plan: String, seed: UInt64) {
        self.plan = plan
        self.seed = seed
    }
}

/// A network of a run.
package enum NetworkReference: Codable, Hashable, Sendable {
    /// A subnet of the plan's space.
    case subnet(Genotype)
    /// The one network of a plan that searches nothing.
    case planned
    /// One of the networks that an arm's method brings, counted from 0.
    case own(arm: String, place: Int)
}

/// The state of some weights: whose they are, and how often they changed.
package struct WeightsVersion: Codable, Hashable, Sendable {
    /// The search or the arm that trains them.
    package let name: String
    /// How often they changed.
    package let number: Int

    package init(name: String, number: Int) {
        self.name = name
        self.number = number
    }
}

/// A task of a run.
package enum TaskReference: Codable, Hashable, Sendable {
    /// One of the fixed validation tasks, counted from 0.
    case validation(Int)
    /// One of the fixed test tasks, counted from 0.
    case test(Int)
    /// A task that the job brings with it.
    case given(Episode)
}

/// What a job gave.
package struct EvaluationOutcome: Codable, Hashable, Sendable {
    /// For each task a score for each number of steps.
    package let scores: [[TaskScore]]
    /// What it cost.
    package let cost: ComputeCost

    package init(scores: [[TaskScore]], cost: ComputeCost) {
        self.scores = scores
        self.cost = cost
    }
}
