internal import Components

/// The plan's `limits`: what its functions may use.
enum LimitsPlan {
    private static let instructions = PlanOption.integer(
        "callback_instructions", 1_000...1_000_000_000_000_000, unit: "instructions",
        "Lua instructions of one call of a function."
    ).optional("20000000")
    private static let memory = PlanOption.integer(
        "callback_memory", 1_048_576...1_099_511_627_776, unit: "bytes",
        "Bytes by which one call may grow Lua's memory."
    ).optional("201326592")
    private static let tensors = PlanOption.integer(
        "tensor_memory", 1_048_576...1_099_511_627_776, unit: "bytes",
        "Bytes that tensors of scripts may hold in all."
    ).optional("2147483648")

    private static let seconds = PlanOption.integer(
        "callback_seconds", 1...1_000_000_000, unit: "seconds",
        "Seconds of one call of a function by the clock; which call it ends depends on the machine."
    ).optional("none")
    private static let events = PlanOption.integer(
        "event_bytes", 1_000...1_099_511_627_776, unit: "bytes",
        "Bytes of messages, phases and generations that functions may add to the run."
    ).optional("\(ScriptAllowance.usualEventBytes)")
    private static let idle = PlanOption.integer(
        "idle_steps", 1...1_000_000_000, unit: "steps",
        "Steps of a method, one after another, in which nothing is trained or evaluated."
    ).optional("\(ScriptAllowance.usualIdleSteps)")

    static let options = [
        instructions.specification, memory.specification, tensors.specification,
        seconds.specification, events.specification, idle.specification,
    ]

    static func read(_ options: Options) -> ScriptAllowance {
        ScriptAllowance(
            callbackInstructions: options[instructions], callbackBytes: options[memory],
            tensorBytes: options[tensors], callbackSeconds: options[seconds],
            eventBytes: options[events], idleSteps: options[idle])
    }
}
