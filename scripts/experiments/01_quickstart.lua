-- 01_quickstart.lua: search a small network that learns new characters from one example each.
--
-- Purpose   The first run: a small AT-NAS. A supernet is meta-learned by first-order MAML while
--           evolution searches for the subnet that adapts best. Baselines: random search, Conv-4.
-- Data      glyphs: alphabets that the program generates, so nothing is downloaded.
-- Expected  A table of four rows, all far above chance (20 %).
-- Time      At most 2 minutes on two cores.
--
-- Run it    apogee run scripts/experiments/01_quickstart.lua
local apogee = require "apogee"

return apogee.experiment {
  name = "Quickstart: AT-NAS on glyphs, 5-way 1-shot",
  api = 1,

  -- A task: 5 characters in a new combination, 1 drawing of each to learn from, 5 to classify.
  -- Whole alphabets are held out for the test.
  tasks = { "episodes", dataset = "glyphs", split = "alphabets", ways = 5, shots = 1, queries = 5 },

  -- An architecture: a normal and a reduction cell with two nodes each, operations as in DARTS.
  space = { "cells", nodes = 2, channels = 8, operations = "darts" },

  -- Three gradient steps on the one drawing of each character.
  learner = {
    "maml", order = 1, inner_steps = 3, inner_learning_rate = 0.1, meta_batch = 4,
    outer = { "adam", learning_rate = 0.002 },
  },

  strategy = { "evolution", population = 10, mutation = "per_gene", crossover = "uniform" },
  objectives = { "query_error", "parameters" },

  budget = {
    warm_up_updates = 100, generations = 5, updates_per_generation = 20, final_updates = 50,
    validation_tasks = 8, test_tasks = 100,
  },
  per_task_search = { generations = 1, population = 4, tasks = 20 },
  arms = { "searched", "searched_per_task", "random_search", { "conv4", filters = 16 } },
}
