-- 10_lua_operation.lua: a candidate operation written in Lua.
--
-- Purpose   Adds a layer to a search space without recompiling. Its parameters and its forward pass
--           are functions, recorded once for each shape before training. It then runs on every
--           thread as fast as the built-in operations, and its parameters and multiply-adds are
--           counted exactly.
-- Data      glyphs: alphabets that the program generates, so nothing is downloaded.
-- Expected  A table of two rows; `my_gate` may occur in the genotype of the searched network.
-- Time      About 1 minute on two cores.
--
-- Run it    apogee run scripts/experiments/10_lua_operation.lua
local apogee = require "apogee"
local nn = apogee.nn

--- A gated separable convolution: its output is multiplied by a sigmoid of the image's channel
--- means.
local my_gate = {
  name = "my_gate",

  -- Names and shapes for the operation's place: context has channels, stride, height, width.
  parameters = function(context)
    local c = context.channels
    return {
      nn.convolution_parameters("depthwise", { window = 3, inputs = c, outputs = c, groups = c }),
      nn.convolution_parameters("pointwise", { window = 1, inputs = c, outputs = c }),
      nn.batch_norm_parameters("norm", { channels = c }),
      nn.linear_parameters("gate", { inputs = c, outputs = c }),
    }
  end,

  -- From [batch, height, width, channels] to [batch, height / stride, width / stride, channels].
  forward = function(parameters, x, context)
    local c = context.channels
    x = x:relu()
    local gate = nn.linear(parameters, "gate", x:global_average_pool()):sigmoid()
    local y = nn.convolution(parameters, "depthwise", x, { stride = context.stride, groups = c })
    y = nn.convolution(parameters, "pointwise", y)
    return nn.batch_norm(parameters, "norm", y) * gate:reshape { context.batch, 1, 1, c }
  end,
}

return apogee.experiment {
  name = "A gate in Lua among the operations",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", split = "alphabets", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 8, operations = { "max", "skip", "sep3", my_gate } },
  learner = {
    "maml", order = 1, inner_steps = 3, inner_learning_rate = 0.1, meta_batch = 4,
    outer = { "adam", learning_rate = 0.002 },
  },
  strategy = { "evolution", population = 10 },
  objectives = { "query_error", "parameters" },
  budget = {
    warm_up_updates = 60, generations = 3, updates_per_generation = 15, final_updates = 40,
    validation_tasks = 8, test_tasks = 100,
  },
  per_task_search = { enabled = false },
  arms = { "searched", "random_search" },
}
