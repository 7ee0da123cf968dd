import NeuralNetworks
import Experiments
import Foundation
import LuaHost
import Scripting
import Tensors
import Testing

/// Runs Lua that prints, in a script that is an experiment.
///
/// - Parameters:
///   - body: Lua, from line 2 on; `apogee`, `tensor`, `nn` and `random` are at hand.
///   - limits: What the script may use.
/// - Returns: The printed lines.
/// - Throws: What the script throws.
func printed(_ body: String, limits: ScriptLimits = ScriptLimits()) throws -> [String] {
    let folder = try ScriptFolder()
    try folder.write(tensorScript(body))
    let lines = Guarded<[String]>([])
    _ = try ExperimentScript(path: folder.path + "/test.lua", limits: limits) { line in
        lines.withLock { $0.append(line) }
    }
    return lines.withLock { $0 }
}

/// What Lua of this body complains of, without the folder.
func tensorComplaint(_ body: String, limits: ScriptLimits = ScriptLimits()) throws -> String {
    let folder = try ScriptFolder()
    try folder.write(tensorScript(body))
    return folder.complaint {
        _ = try ExperimentScript(path: folder.path + "/test.lua", limits: limits)
    }
}

/// The floats that the one line of a body holds.
func numbers(_ body: String) throws -> [Float] {
    let line = try #require(try printed(body).last)
    return line.split(whereSeparator: { " \t,{}".contains($0) }).compactMap { Float($0) }
}

private func tensorScript(_ body: String) -> String {
    """
    local apogee = require "apogee"; local tensor, nn, random = apogee.tensor, apogee.nn, apogee.random
    \(body)
    return apogee.experiment { name = "t", api = 1, tasks = "episodes", space = "conv4" }
    """
}

/// The 3×3 separable convolution of DARTS in Lua, its layers named as the built-in one's.
let separable = """
    {
      name = "my_sep",
      parameters = function(context)
        local c = context.channels
        local list = {}
        for i = 0, 1 do
          list[#list + 1] = nn.convolution_parameters("depthwise" .. i,
            { window = 3, inputs = c, outputs = c, groups = c })
          list[#list + 1] = nn.convolution_parameters("pointwise" .. i,
            { window = 1, inputs = c, outputs = c })
          list[#list + 1] = nn.batch_norm_parameters("batchNorm" .. i, { channels = c })
        end
        return list
      end,
      forward = function(parameters, x, context)
        for i = 0, 1 do
          x = nn.convolution(parameters, "depthwise" .. i, x:relu(),
            { stride = i == 0 and context.stride or 1, groups = context.channels })
          x = nn.convolution(parameters, "pointwise" .. i, x)
          x = nn.batch_norm(parameters, "batchNorm" .. i, x)
        end
        return x
      end,
    }
    """

/// A tiny search whose space holds an operation of the script.
func searchScript(
    operations: String, learner: String = "", budget: String = "", method: String = ""
) -> String {
    """
    local apogee = require "apogee"
    local nn, tensor = apogee.nn, apogee.tensor
    return apogee.experiment {
      name = "t", api = 1,
      tasks = { "episodes", ways = 3, shots = 1, queries = 2, split = "classes",
        validation_fraction = 0.3,
        dataset = { "glyphs", alphabets = 5, characters = 4, drawers = 4, side = 16 } },
      space = { "cells", nodes = 2, channels = 4, operations = { \(operations) } },
      learner = { "maml", inner_steps = 1, inner_learning_rate = 0.1, meta_batch = 2 \(learner) },
      strategy = { "evolution", population = 3 },
      budget = { warm_up_updates = 2, generations = 2, updates_per_generation = 1,
        evaluations_per_generation = 3, final_updates = 1, validation_tasks = 2, test_tasks = 4 \
    \(budget) },
      per_task_search = { generations = 1, population = 2, augmentations = 1 },
      arms = { "searched", "searched_per_task", "random_search" },
      \(method)
    }
    """
}
