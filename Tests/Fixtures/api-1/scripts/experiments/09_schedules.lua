-- 09_schedules.lua: settings that change over a run.
--
-- Purpose   Shows a schedule and a path sampler of a plugin: a learning rate with a warm restart,
--           and paths that begin with the largest operations.
-- Data      glyphs, drawn by the program.
-- Expected  A searched network far above the 20 % of guessing among five characters; the budget is
--           too small to rank schedules.
-- Time      About a minute on two cores.
--
-- Run it    apogee check scripts/experiments/09_schedules.lua
--           apogee run scripts/experiments/09_schedules.lua
local apogee = require "apogee"

return apogee.experiment {
  name = "Schedules of a plugin on glyphs, 5-way 1-shot",
  api = 1,
  tasks = {
    "episodes", dataset = "glyphs", split = "alphabets", ways = 5, shots = 1, queries = 5,
  },
  space = { "cells", nodes = 2, channels = 8, operations = "darts" },
  learner = {
    "maml", order = 1, inner_steps = 3, inner_learning_rate = 0.1, meta_batch = 4,
    outer = { "adam", learning_rate = 0.002 },
  },
  strategy = { "evolution", population = 10, mutation = "per_gene", crossover = "uniform" },
  schedule = { "warm_restarts", cycles = 2, least = 0.1 },
  paths = { "progressive_shrinking", full_at = 0.8 },
  budget = {
    warm_up_updates = 60, generations = 6, updates_per_generation = 10, final_updates = 30,
    validation_tasks = 8, test_tasks = 100,
  },
  per_task_search = { enabled = false },
  arms = { "searched", "random_search" },
}
