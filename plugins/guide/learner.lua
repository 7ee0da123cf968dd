-- learner.lua: a custom inner loop; see learner.md.
local apogee = require "apogee"

-- Gradient descent, half as fast for the features as for the classifier.
local function halving(value, gradient, context)
  local rate = context.name:find("^classifier%.") and 0.1 or 0.05
  return value - gradient * rate
end

return apogee.experiment {
  name = "My first learner",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 4 },
  learner = { adapt = halving, order = 2, inner_steps = 3, meta_batch = 4 },
  strategy = { "evolution", population = 6 },
  budget = {
    warm_up_updates = 10, generations = 2, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
