-- 11_lua_method.lua: a whole search method written in Lua.
--
-- Purpose   Runs the across-task search of `methods/at_nas.lua` instead of the built-in one. Both
--           give the same bits, so start your own method from this file: init makes a state, step
--           makes the next one, result returns the best; the run owns the loop, saves the state
--           and bills all computation.
-- Data      glyphs: alphabets that the program generates, so nothing is downloaded.
-- Expected  The same numbers as without the line `method`.
-- Time      About 1 minute on two cores.
--
-- Run it    apogee run scripts/experiments/11_lua_method.lua
local apogee = require "apogee"

return apogee.experiment {
  name = "AT-NAS as a method in Lua",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", split = "alphabets", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 8, operations = "darts" },
  learner = {
    "maml", order = 1, inner_steps = 3, inner_learning_rate = 0.1, meta_batch = 4,
    outer = { "adam", learning_rate = 0.002 },
  },
  strategy = { "evolution", population = 10 },
  method = require "methods.at_nas",
  -- The third is only recorded: a score at initialization, from plugins/zero_cost.
  objectives = { "query_error", "parameters", "synaptic_flow" },
  budget = {
    warm_up_updates = 60, generations = 3, updates_per_generation = 15, final_updates = 40,
    validation_tasks = 8, test_tasks = 100,
  },
  per_task_search = { enabled = false },
  arms = { "searched", "random_search" },
}
