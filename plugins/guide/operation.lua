-- operation.lua: a custom candidate operation; see operation.md.
local apogee = require "apogee"
local nn = apogee.nn

-- A 3×3 convolution in as many groups as there are pairs of channels.
local paired = {
  name = "paired3",

  parameters = function(context)
    local c = context.channels
    return {
      nn.convolution_parameters("mix", { window = 3, inputs = c, outputs = c, groups = c // 2 }),
      nn.batch_norm_parameters("norm", { channels = c }),
    }
  end,

  forward = function(parameters, x, context)
    local y = nn.convolution(parameters, "mix", x:relu(),
      { stride = context.stride, groups = context.channels // 2 })
    return nn.batch_norm(parameters, "norm", y)
  end,
}

return apogee.experiment {
  name = "My first operation",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 4, operations = { "max", "skip", paired } },
  strategy = { "evolution", population = 6 },
  budget = {
    warm_up_updates = 10, generations = 2, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
